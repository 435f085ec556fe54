import { expect } from 'vitest';
import type { Answer } from './answer.ts';
import { readProblem } from './problem-shape.ts';

/** What the contract promises of each answer, whatever was asked; journeys that name these promises rely on it. */
export function checkPromisesOfEveryAnswer(request: string, answer: Answer): void {
  expect(answer.headers['x-request-id'], `${request}: X-Request-Id`).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  expect(answer.headers['set-cookie'], `${request}: no cookies`).toBeUndefined();
  const isRedirect = Math.trunc(answer.status / 100) === 3 && answer.status !== 304;
  expect(isRedirect, `${request}: no redirect, got ${answer.status}`).toBe(false);
  if ([204, 304].includes(answer.status)) expect(answer.text, `${request}: no body with ${answer.status}`).toBe('');
  if (answer.status >= 400) readProblem(answer, request);
}
