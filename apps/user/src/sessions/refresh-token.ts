import { createHash, createHmac, randomBytes } from 'node:crypto';

const partLength = 32;
const tokenPattern = /^[A-Za-z0-9_-]{86}$/;

/**
 * A refresh token: 256 random bits that its whole family shares, so that any old token still tells which family it was
 * of, and 256 bits of its own.
 */
export interface RefreshToken {
  readonly family: Buffer;
  readonly secret: Buffer;
}

/** What the database knows of a token. */
export interface RefreshTokenHashes {
  readonly familyHash: Uint8Array<ArrayBuffer>;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
}

/** The first token of a new family. */
export function createRefreshToken(): RefreshToken {
  return { family: randomBytes(partLength), secret: randomBytes(partLength) };
}

/** Fresh random bytes to derive one successor with. */
export function createSuccessorSalt(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(randomBytes(partLength));
}

export function formatRefreshToken({ family, secret }: RefreshToken): string {
  return Buffer.concat([family, secret]).toString('base64url');
}

/** Undefined for text that no token looks like; costs the same for any length. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  if (!tokenPattern.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // The last character has four bits to spare: one spelling only, so that one token has one hash.
  if (bytes.toString('base64url') !== text) return undefined;
  return { family: bytes.subarray(0, partLength), secret: bytes.subarray(partLength) };
}

export function hashRefreshToken({ family, secret }: RefreshToken): RefreshTokenHashes {
  return { familyHash: sha256(family), tokenHash: sha256(family, secret) };
}

/**
 * The one successor of a token: the same each time, so that a lost reply can be given again, and known to nobody
 * who lacks any of the token itself, the salt of its row and the key.
 */
export function deriveSuccessor(token: RefreshToken, salt: Uint8Array, key: Uint8Array): RefreshToken {
  const secret = createHmac('sha256', key).update(token.family).update(token.secret).update(salt).digest();
  return { family: token.family, secret };
}

function sha256(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Uint8Array.from(hash.digest());
}
