import { expect } from 'vitest';
import type { Answer } from './answer.ts';
import { readProblem } from './problem-shape.ts';

/** What the contract promises of each answer, whatever was asked; journeys that name these promises rely on it. */
export function checkPromisesOfEveryAnswer(request: string, answer: Answer): void {
  expect(answer.headers['x-request-id'], `${request}: X-Request-Id`).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  expect(answer.headers['set-cookie'], `${request}: no cookies`).toBeUndefined();
  expect(Math.trunc(answer.status / 100), `${request}: no redirect, got ${answer.status}`).not.toBe(3);
  if (answer.status === 204) expect(answer.text, `${request}: no body with 204`).toBe('');
  if (answer.status >= 400) readProblem(answer, request);
}
