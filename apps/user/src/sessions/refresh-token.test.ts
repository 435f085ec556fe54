import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createRefreshToken,
  createSuccessorSalt,
  deriveSuccessor,
  formatRefreshToken,
  hashRefreshToken,
  parseRefreshToken,
} from './refresh-token.ts';

describe('a refresh token', () => {
  const token = createRefreshToken();
  const text = formatRefreshToken(token);

  it('reads back as it was written', () => {
    expect(text).toMatch(/^[A-Za-z0-9_-]{86}$/);
    const parsed = parseRefreshToken(text);
    expect(parsed && formatRefreshToken(parsed)).toBe(text);
  });

  it.each(['', 'x', text.slice(1), `${text}A`, `${text}=`, `${text.slice(0, -1)}!`, 'A'.repeat(1_000_000)])(
    'is not just any text (case %#)',
    (candidate) => {
      expect(parseRefreshToken(candidate)).toBeUndefined();
    },
  );

  it('has one spelling only', () => {
    const spellings = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter(
      (last) => parseRefreshToken(text.slice(0, -1) + last) !== undefined,
    );
    expect(spellings).toHaveLength(4); // the last character carries two bits
    const hashes = spellings.map((last) => {
      const parsed = parseRefreshToken(text.slice(0, -1) + last);
      return parsed && Buffer.from(hashRefreshToken(parsed).tokenHash).toString('hex');
    });
    expect(new Set(hashes).size).toBe(4);
  });

  it('shows its family in every generation, and no hash shows the token', () => {
    const key = randomBytes(32);
    const successor = deriveSuccessor(token, createSuccessorSalt(), key);
    const hashes = hashRefreshToken(token);
    const successorHashes = hashRefreshToken(successor);
    expect(successorHashes.familyHash).toEqual(hashes.familyHash);
    expect(successorHashes.tokenHash).not.toEqual(hashes.tokenHash);
    expect(Buffer.from(hashes.familyHash).equals(token.family)).toBe(false);
  });

  it('has the same successor each time, and another for any other token, salt or key', () => {
    const key = randomBytes(32);
    const salt = createSuccessorSalt();
    const successor = formatRefreshToken(deriveSuccessor(token, salt, key));
    expect(formatRefreshToken(deriveSuccessor(token, salt, key))).toBe(successor);
    expect(formatRefreshToken(deriveSuccessor(token, createSuccessorSalt(), key))).not.toBe(successor);
    expect(formatRefreshToken(deriveSuccessor(token, salt, randomBytes(32)))).not.toBe(successor);
    expect(formatRefreshToken(deriveSuccessor(createRefreshToken(), salt, key))).not.toBe(successor);
  });
});
