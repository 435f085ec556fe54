import { readProperty } from './read-property.ts';

const untrusted = new Set<unknown>([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]);

/** Why TLS with the database failed and what to do; undefined for any other failure. */
export function toTlsFault(error: unknown): string | undefined {
  const [code, message] = [readProperty(error, 'code'), readProperty(error, 'message')];
  if (untrusted.has(code)) {
    return 'its certificate is not from an authority that is trusted here; DATABASE_CA_FILE names the file with the right one';
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid today';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is for another host (${String(message)})`;
  if (message === 'The server does not support SSL connections') {
    return 'it does not offer TLS; DATABASE_TLS=disable connects without it';
  }
  return undefined;
}
