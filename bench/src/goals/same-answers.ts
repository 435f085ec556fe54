import assert from 'node:assert/strict';
import type { Client } from 'pg';
import { firstOf } from '../harness/numbered-request.ts';
import type { Started } from '../harness/started-programs.ts';
import type { TaskOperation } from './task-operations.ts';

interface Asked {
  readonly session: Client;
  /** By their names; the first one's answer is the right one. */
  readonly started: ReadonlyMap<string, Started>;
  /** Of the first of its owners. */
  readonly token: string;
}

/**
 * Throws if two answer an operation differently: by a byte of the body, the status or a header that clients use. Also if one answers
 * a caller without a token, or takes a body that breaks the schema.
 */
export async function refuseDifferences(operation: TaskOperation, { session, started, token }: Asked): Promise<void> {
  let expected: string | undefined;
  for (const [name, { port }] of started) {
    const { path, init } = firstOf(await operation.prepare(session, 1));
    const url = `http://127.0.0.1:${port}${path}`;
    const known = { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } };
    const { status } = await fetch(url, init);
    assert.equal(status, 401, `${operation.name}: ${name} answers a caller without a token`);
    if (init.body !== undefined) {
      const refused = await fetch(url, { ...known, body: '{"title":""}' });
      assert.ok([400, 422].includes(refused.status), `${operation.name}: ${name} takes an empty title`);
    }
    const answer = await fetch(url, known);
    const given = await describeAnswer(answer);
    assert.ok(answer.ok, `${operation.name}: ${name} answers ${given}`);
    const text = operation.writes ? withoutIdentity(given) : given;
    expected ??= text;
    assert.equal(text, expected, `${operation.name}: ${name} answers otherwise than ours`);
  }
}

const comparedHeaders = ['content-type', 'cache-control', 'etag', 'location'];

async function describeAnswer(answer: Response): Promise<string> {
  const headers = comparedHeaders.map((name) => `${name}: ${answer.headers.get(name) ?? ''}`);
  return [answer.status, ...headers, '', await answer.text()].join('\n');
}

/** A task that was made for the answer has an id and times of its own. */
function withoutIdentity(answer: string): string {
  return answer
    .replaceAll(/"(created_at|updated_at)":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g, '"$1":"…"')
    .replace(/"id":\d+/, '"id":…')
    .replace(/(location: \/api\/v1\/tasks\/)\d+/, '$1…');
}
