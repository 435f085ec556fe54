import { expect } from 'vitest';
import type { Answer } from './answer.ts';
import { listOf, membersOf } from './json-shape.ts';

export interface DecodedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  signature: string;
}

/** Takes a JWT apart without checking it. */
export function decodeToken(token: string): DecodedToken {
  const [header = '', claims = '', signature = '', ...rest] = token.split('.');
  expect(rest, 'a JWT has three parts').toEqual([]);
  return { header: decodePart(header), claims: decodePart(claims), signature };
}

function decodePart(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  return Object.fromEntries(Object.entries(Object(value)));
}

/** One part of a JWT. */
export function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Reads a JSON Web Key Set of public signing keys; fails the test if a private member shows. */
export function readKeySet(answer: Answer): Record<string, unknown>[] {
  expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  const { keys } = membersOf(answer.json, ['keys'], 'members of the key set');
  return listOf(keys, 'keys').map((value) => {
    const key = Object.fromEntries(Object.entries(Object(value)));
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) expect(key).not.toHaveProperty(secret);
    expect(key['kid'], 'kid').toBeTypeOf('string');
    return key;
  });
}
