import { createSigner } from 'fast-jwt';
import type { SignToken } from './sign-token.ts';

interface PreparedSigner {
  readonly kid: string;
  readonly sign: (claims: object) => string;
}

/** Signs with RS256 (RFC 9068), each token by the key whose turn it is; that key is read once, not with each token. */
export function createTokenSigning(): SignToken {
  let prepared: PreparedSigner | undefined;
  return (claims, { kid, privateKey }) => {
    if (prepared?.kid !== kid) prepared = prepareSigner(kid, privateKey);
    return prepared.sign(claims);
  };
}

function prepareSigner(kid: string, key: string): PreparedSigner {
  const header = { alg: 'RS256', typ: 'at+jwt' };
  return { kid, sign: createSigner<object>({ key, kid, algorithm: 'RS256', header }) };
}
