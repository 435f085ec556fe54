import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { JwkSet } from '@tasktracker/contracts';

type Jwk = JwkSet['keys'][number];
type Claims = Readonly<Record<string, unknown>>;

/** Signs access tokens as the user service does, and wrong ones as an attacker would. */
export interface TokenIssuer {
  readonly kid: string;
  readonly jwk: Jwk;
  readonly publicKeyPem: string;
  readonly privateKey: KeyObject;
  /** The claims of a good token; `undefined` in `changes` removes one. */
  claims(changes?: Claims): Claims;
  /** A token with these claims and header members changed. */
  token(changes?: Claims, header?: Claims): string;
}

export interface TokenIssuerOptions {
  readonly kid?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly modulusLength?: number;
}

export function createTokenIssuer(options: TokenIssuerOptions = {}): TokenIssuer {
  const { kid = randomUUID(), issuer = 'tasktracker', audience = 'tasktracker', modulusLength = 2048 } = options;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const claims = (changes: Claims = {}): Claims => {
    const now = Math.floor(Date.now() / 1_000);
    const standard = { iss: issuer, aud: audience, sub: '1', client_id: 'tasktracker', scope: 'api', sid: '1' };
    return { ...standard, exp: now + 900, iat: now, jti: randomUUID(), ...changes };
  };
  return {
    kid,
    jwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e },
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey,
    claims,
    token(changes = {}, header = {}) {
      const signed = signingInput({ alg: 'RS256', kid, typ: 'at+jwt', ...header }, claims(changes));
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
}

/** The first two parts of a token. */
export function signingInput(header: Claims, claims: Claims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
