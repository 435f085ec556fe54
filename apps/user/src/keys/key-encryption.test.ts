import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyEncryption, deriveKey, parseMasterKey, WrongEncryptionKey } from './key-encryption.ts';

describe('the encryption of private keys', () => {
  const encryption = createKeyEncryption(randomBytes(32));

  it('gives back what was sealed, under a nonce of its own each time', () => {
    const one = encryption.seal('a private key', 'kid-1');
    const two = encryption.seal('a private key', 'kid-1');
    expect(encryption.open(one, 'kid-1')).toBe('a private key');
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false);
    expect(Buffer.from(one).includes('a private key')).toBe(false);
  });

  it('opens nothing under another key, another kid, or with any byte changed', () => {
    const sealed = encryption.seal('a private key', 'kid-1');
    expect(() => createKeyEncryption(randomBytes(32)).open(sealed, 'kid-1')).toThrow(WrongEncryptionKey);
    expect(() => encryption.open(sealed, 'kid-2')).toThrow(WrongEncryptionKey);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => encryption.open(changed, 'kid-1')).toThrow(WrongEncryptionKey);
    }
    expect(() => encryption.open(sealed.subarray(0, 10), 'kid-1')).toThrow(WrongEncryptionKey);
  });

  it('derives another key for each purpose', () => {
    const masterKey = randomBytes(32);
    expect(deriveKey(masterKey, 'one').equals(deriveKey(masterKey, 'two'))).toBe(false);
    expect(deriveKey(masterKey, 'one').equals(deriveKey(masterKey, 'one'))).toBe(true);
  });
});

describe('the master key', () => {
  it('is 32 bytes in base64', () => {
    const key = randomBytes(32);
    expect(parseMasterKey(key.toString('base64'))?.equals(key)).toBe(true);
    expect(parseMasterKey(key.toString('base64').replace('=', ''))?.equals(key)).toBe(true);
  });

  it.each(['', 'short', randomBytes(31).toString('base64'), randomBytes(33).toString('base64'), 'f'.repeat(64), '!'])(
    'is nothing else',
    (text) => {
      expect(parseMasterKey(text)).toBeUndefined();
    },
  );
});
