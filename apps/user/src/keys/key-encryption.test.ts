import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@tasktracker/config';
import { afterAll, describe, expect, it } from 'vitest';
import { createKeyEncryption, deriveKey, readMasterKey, WrongEncryptionKey } from './key-encryption.ts';

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

describe('the file with the master key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'master key '));
  const write = (content: string) => {
    const file = join(folder, 'key');
    writeFileSync(file, content);
    return file;
  };

  afterAll(() => rmSync(folder, { recursive: true }));

  it('holds 32 bytes in base64, with or without a line end', () => {
    const key = randomBytes(32);
    expect(readMasterKey(write(key.toString('base64'))).equals(key)).toBe(true);
    expect(readMasterKey(write(`${key.toString('base64')}\n`)).equals(key)).toBe(true);
  });

  it.each(['', 'short', randomBytes(31).toString('base64'), randomBytes(32).toString('hex')])(
    'is refused by the name of its variable and without its content when it holds something else',
    (content) => {
      const attempt = () => readMasterKey(write(content));
      expect(attempt).toThrow(ConfigError);
      expect(attempt).toThrow(/KEY_ENCRYPTION_KEY_FILE must hold 32 random bytes/);
    },
  );

  it('is named when it is missing', () => {
    expect(() => readMasterKey(join(folder, 'none'))).toThrow(/KEY_ENCRYPTION_KEY_FILE .*ENOENT/);
  });
});
