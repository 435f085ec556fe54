/** About one connection, not about the message (RFC 9110, section 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
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
]);

/** The headers that end at the next hop, those that `Connection` names included. */
export function connectionHeaders(connection: string | string[] | undefined): ReadonlySet<string> {
  const named = String(connection ?? '').toLowerCase();
  if (named === '' || hopByHop.has(named)) return hopByHop; // nearly always
  return new Set([...hopByHop, ...named.split(',').map((name) => name.trim())]);
}
