/** About one connection, not about the message (RFC 9110, section 7.6.1). */
const hopByHop = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The headers that end at the next hop, those that `Connection` names included. */
export function connectionHeaders(connection: string | string[] | undefined): ReadonlySet<string> {
  const named = String(connection ?? '').split(',');
  return new Set([...hopByHop, ...named.map((name) => name.trim().toLowerCase())]);
}
