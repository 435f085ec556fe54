import { createKeyEncryption } from '../src/keys/key-encryption.ts';
import { generateSigningKeyPair, type KeyPair } from '../src/keys/key-pair.ts';
import type { Deps } from '../src/deps.ts';

let made: Promise<KeyPair> | undefined;

/** Puts a first key into a new database. Made once by each worker: a pair takes 0.1 to 0.5 s of a processor. */
export async function giveSigningKey({ store, clock }: Deps, masterKey: Buffer): Promise<void> {
  made ??= generateSigningKeyPair();
  const { kid, publicKey, privateKey } = await made;
  await store.keys.insert({
    kid,
    publicKey,
    sealedPrivateKey: createKeyEncryption(masterKey).seal(privateKey, kid),
    createdAt: clock(),
    signsFrom: clock(),
    longestTokenSeconds: 0,
  });
}
