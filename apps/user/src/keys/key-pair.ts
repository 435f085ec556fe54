import { createHash, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { JwkSet } from '@tasktracker/contracts';

type Jwk = JwkSet['keys'][number];

const modulusLength = 2048;

export interface KeyPair {
  readonly kid: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  /** PKCS#8, PEM. */
  readonly privateKey: string;
}

/** A new RSA pair, made on another thread (0.1 to 0.5 s). */
export async function generateSigningKeyPair(): Promise<KeyPair> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { kid: thumbprint(publicKey), publicKey, privateKey };
}

/** The published form of a public key (RFC 7517). */
export function toJwk(kid: string, publicKey: string): Jwk {
  return { kty: 'RSA', use: 'sig', alg: 'RS256', kid, ...numbersOf(publicKey) };
}

/** RFC 7638: SHA-256 of the required members in their order. */
function thumbprint(publicKey: string): string {
  const { n, e } = numbersOf(publicKey);
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
}

function numbersOf(publicKey: string): { n: string; e: string } {
  const { n, e } = createPublicKey(publicKey).export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new TypeError('Not an RSA key');
  return { n, e };
}
