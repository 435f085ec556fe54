import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;

export interface KeyEncryption {
  /** AES-256-GCM: nonce, tag, ciphertext. `context` must be the same to open it again. */
  seal(plaintext: string, context: string): Uint8Array<ArrayBuffer>;
  /** Throws WrongEncryptionKey when the key or the context is another, or the bytes were changed. */
  open(sealed: Uint8Array, context: string): string;
}

/** Names the variable to look at, since a file with another key is the likely cause. */
export class WrongEncryptionKey extends Error {
  override readonly name = 'WrongEncryptionKey';

  constructor(cause: unknown) {
    super(
      'The signing keys in the database cannot be decrypted with the key in KEY_ENCRYPTION_KEY_FILE: ' +
        'it is not the key that they were encrypted with. Give the service the file that belongs to this database. If that is ' +
        'lost, delete the rows of the table signing_keys: new keys are made, and whoever is signed in must refresh once.',
      { cause },
    );
  }
}

/** The 32 bytes that protect signing keys, from base64; undefined for anything else. */
export function parseMasterKey(text: string): Buffer | undefined {
  const key = Buffer.from(text, 'base64');
  const isExact = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  return key.length === keyLength && isExact ? key : undefined;
}

/** A key for one purpose only (HKDF-SHA256), so that no two uses of the master key can meet. */
export function deriveKey(masterKey: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `tasktracker ${purpose} v1`, keyLength));
}

export function createKeyEncryption(masterKey: Uint8Array): KeyEncryption {
  const key = deriveKey(masterKey, 'signing-keys');
  return {
    seal(plaintext, context) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return Uint8Array.from(Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]));
    },
    open(sealed, context) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength), {
          authTagLength: tagLength,
        });
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(sealed.subarray(nonceLength, nonceLength + tagLength));
        return decipher.update(sealed.subarray(nonceLength + tagLength), undefined, 'utf8') + decipher.final('utf8');
      } catch (error) {
        throw new WrongEncryptionKey(error);
      }
    },
  };
}
