import { expect } from 'vitest';

export const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** An object with exactly these members in this order. */
export function membersOf(value: unknown, members: readonly string[], what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return expect.fail(`${what}: not an object but ${JSON.stringify(value)}`);
  }
  expect(Object.keys(value), what).toEqual(members);
  return { ...value };
}

export function listOf(value: unknown, what: string): unknown[] {
  return Array.isArray(value) ? value : expect.fail(`${what}: not an array but ${JSON.stringify(value)}`);
}

export function textOf(value: unknown, what: string): string {
  return typeof value === 'string' ? value : expect.fail(`${what}: not a string but ${JSON.stringify(value)}`);
}

export function textOrNullOf(value: unknown, what: string): string | null {
  return value === null ? null : textOf(value, what);
}

export function integerOf(value: unknown, what: string): number {
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? value
    : expect.fail(`${what}: not an integer but ${JSON.stringify(value)}`);
}

export function booleanOf(value: unknown, what: string): boolean {
  return typeof value === 'boolean' ? value : expect.fail(`${what}: not a boolean but ${JSON.stringify(value)}`);
}

export function timestampOf(value: unknown, what: string): string {
  const text = textOf(value, what);
  expect(text, what).toMatch(TIMESTAMP);
  expect(new Date(text).toISOString(), `${what} is a real moment`).toBe(text);
  return text;
}
