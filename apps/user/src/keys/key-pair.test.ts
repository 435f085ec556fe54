import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateSigningKeyPair, toJwk } from './key-pair.ts';

describe('a signing key pair', () => {
  it('is RSA of 2048 bits with an exponent of 65537', async () => {
    const pair = await generateSigningKeyPair();
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pair.privateKey);
    expect(asymmetricKeyType).toBe('rsa');
    expect(asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65537n });
  });

  it('is published without its private half, under its thumbprint', async () => {
    const pair = await generateSigningKeyPair();
    const jwk = toJwk(pair.kid, pair.publicKey);
    expect(Object.keys(jwk).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })).toBe(pair.publicKey);
  });
});
