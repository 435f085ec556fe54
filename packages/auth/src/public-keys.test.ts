import { expect, it } from 'vitest';
import { toPublicKeys } from './public-keys.ts';
import { createTokenIssuer } from './testing/token-issuer.ts';

it('gives each published key by its id', () => {
  const [one, two] = [createTokenIssuer(), createTokenIssuer()];
  const keys = toPublicKeys([one.jwk, two.jwk]);
  expect(keys.get(one.kid)).toBe(one.publicKeyPem);
  expect(keys.get(two.kid)).toBe(two.publicKeyPem);
});

it('leaves out keys of another kind, so that one may be published before every verifier knows it', () => {
  const { jwk } = createTokenIssuer();
  const foreign = [
    { kty: 'EC', crv: 'P-256', kid: 'a' },
    { ...jwk, alg: 'PS256', kid: 'b' },
    { kty: 'oct', k: 'AA' },
    7,
  ];
  expect([...toPublicKeys([...foreign, jwk]).keys()]).toEqual([jwk.kid]);
});

it('leaves out an RSA key too short to trust', () => {
  expect(toPublicKeys([createTokenIssuer({ modulusLength: 1024 }).jwk]).size).toBe(0);
});
