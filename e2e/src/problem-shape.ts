import { expect } from 'vitest';
import type { Answer } from './answer.ts';
import { integerOf, membersOf, textOf } from './json-shape.ts';

interface Fault {
  in: string;
  pointer: string;
  code: string;
  detail: string;
}

export interface Problem {
  status: number;
  title: string;
  detail: string;
  code: string;
  faults: Fault[];
}

const MEMBERS = ['type', 'title', 'status', 'detail', 'code', 'request_id'];
/** What a problem of a status has besides. */
const MORE: Readonly<Record<number, string>> = { 412: 'current', 422: 'errors' };

const REQUEST_ID = expect.stringMatching(/^[A-Za-z0-9._-]{1,128}$/);

/** Reads an RFC 9457 body of the form that the contract promises; fails the test otherwise. */
export function readProblem(answer: Answer, request = 'problem'): Problem {
  expect(answer.headers['content-type'], `${request}: content type`).toMatch(
    /^application\/problem\+json(; ?charset=utf-8)?$/i,
  );
  const members = [...MEMBERS, MORE[answer.status] ?? []].flat();
  const problem = membersOf(answer.json, members, `${request}: members of the problem`);
  expect(textOf(problem['type'], 'type').length).toBeGreaterThan(0);
  expect(problem['status'], `${request}: status in the body`).toBe(answer.status);
  // A replayed problem is the one that the first request got, byte for byte.
  const requestId = answer.headers['idempotency-replayed'] === 'true' ? REQUEST_ID : answer.headers['x-request-id'];
  expect(problem['request_id'], `${request}: request_id`).toEqual(requestId);
  const code = textOf(problem['code'], 'code');
  expect(code, `${request}: code in upper snake case`).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
  const detail = textOf(problem['detail'], 'detail');
  return {
    status: integerOf(problem['status'], 'status'),
    title: textOf(problem['title'], 'title'),
    detail,
    code,
    faults: answer.status === 422 ? readFaults(problem['errors']) : [],
  };
}

function readFaults(value: unknown): Fault[] {
  if (!Array.isArray(value)) return expect.fail('errors is an array');
  expect(value.length, 'a 422 names at least one fault').toBeGreaterThan(0);
  return value.map((item: unknown) => {
    const fault = membersOf(item, ['in', 'pointer', 'code', 'detail'], 'members of a fault');
    return {
      in: textOf(fault['in'], 'in'),
      pointer: textOf(fault['pointer'], 'pointer'),
      code: textOf(fault['code'], 'code'),
      detail: textOf(fault['detail'], 'detail'),
    };
  });
}

/** The answer is this problem: status, and `detail` word for word if given. */
export function expectProblem(answer: Answer, status: number, detail?: string): Problem {
  expect(answer.status, `status, with the body ${answer.text.slice(0, 500)}`).toBe(status);
  const problem = readProblem(answer);
  if (detail !== undefined) expect(problem.detail).toBe(detail);
  expect(problem.detail.length, 'detail says something').toBeGreaterThan(0);
  return problem;
}

/** A problem's bytes without its request id: equal for two causes that nobody must be able to tell apart. */
export function bytesWithoutRequestId(answer: Answer): string {
  return answer.text.replace(String(answer.headers['x-request-id']), '');
}
