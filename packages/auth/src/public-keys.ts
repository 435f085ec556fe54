import { createPublicKey } from 'node:crypto';
import { JwkSet } from '@tasktracker/contracts';
import { Value } from '@tasktracker/schema';

const Jwk = JwkSet.properties.keys.items;
const smallestModulusBits = 2048; // RFC 7518, section 3.3

/**
 * The keys of a JWK set by their id, as SPKI PEM. A key of another kind is left out (RFC 7517, section 5), so that one
 * may be published ahead of the programs that know it.
 */
export function toPublicKeys(keys: readonly unknown[]): ReadonlyMap<string, string> {
  const byId = new Map<string, string>();
  for (const jwk of keys) {
    if (!Value.Check(Jwk, jwk)) continue;
    const key = createPublicKey({ key: { kty: jwk.kty, n: jwk.n, e: jwk.e }, format: 'jwk' });
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < smallestModulusBits) continue;
    byId.set(jwk.kid, key.export({ type: 'spki', format: 'pem' }).toString());
  }
  return byId;
}
