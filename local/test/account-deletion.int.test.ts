import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnStack, type SpawnedStack } from '../src/spawn-stack.ts';
import { loginStatus, openJournal, register } from './journal.ts';
import { createMark } from './marked-processes.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'tasktracker-deletion-'));
const mark = createMark();
const password = 'correct-horse';
let stack: SpawnedStack;
let tasks: Client;
let people = 0;

beforeAll(async () => {
  stack = await spawnStack({ dataDir, env: mark.env });
  tasks = new Client({ connectionString: stack.state().databaseUrls['task'] });
  await tasks.connect();
});

afterAll(async () => {
  await tasks.end();
  await stack.stop();
  for (const pid of mark.pids()) process.kill(pid, 'SIGKILL');
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
});

interface Person {
  readonly id: number;
  readonly token: string;
}

async function person(): Promise<Person> {
  people += 1;
  const username = `person${people}`;
  await register(stack.url, username, password);
  const journal = await openJournal({ url: () => stack.url, username, password });
  const task = await journal.write('Mine');
  const { rows } = await tasks.query<{ owner_id: string }>('SELECT owner_id FROM tasks WHERE id = $1', [task]);
  return { id: Number(rows[0]?.owner_id), token: journal.token };
}

async function addTasks({ id }: Person, count: number): Promise<void> {
  await tasks.query(`INSERT INTO tasks (owner_id, title) SELECT $1, 'Task' FROM generate_series(1, $2::integer)`, [
    id,
    count,
  ]);
}

async function countTasks({ id }: Person): Promise<number> {
  const { rows } = await tasks.query<{ count: number }>('SELECT count(*)::integer FROM tasks WHERE owner_id = $1', [
    id,
  ]);
  return rows[0]?.count ?? 0;
}

async function deleteAccount({ token }: Person): Promise<void> {
  const answer = await fetch(`${stack.url}/api/v1/auth/me`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ current_password: password }),
  });
  expect(answer.status).toBe(204);
}

const ask = (word: string): Promise<Response> =>
  fetch(`${stack.url}/api/v1/auth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`task:${word}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });

const statusOf = async (url: string, token: string): Promise<number> => {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
};

describe('the deletion of an account', () => {
  it('reaches its tasks within seconds, and nobody else’s', { tags: ['account-deletion-everywhere'] }, async () => {
    const [leaver, other] = [await person(), await person()];
    await addTasks(leaver, 10);
    await deleteAccount(leaver);
    await expect.poll(() => countTasks(leaver), { timeout: 10_000 }).toBe(0);
    expect(await countTasks(other)).toBe(1);
  });

  it(
    'is lost by no kill -9 of the task service, nor done to anybody else',
    { tags: ['account-deletion-everywhere', 'events-once', 'events-one-reader'] },
    async () => {
      const [leaver, other, second] = [await person(), await person(), await person()];
      await addTasks(leaver, 20_000);
      await addTasks(other, 100);
      await deleteAccount(leaver);
      for (let kills = 0; kills < 3; kills += 1) {
        const before = await countTasks(leaver);
        await expect.poll(() => countTasks(leaver), { interval: 5 }).toBeLessThan(before || 1);
        const pid = stack.state().processes['task'] ?? 0;
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => stack.state().processes['task']).not.toBe(pid);
      }
      await deleteAccount(second);
      await expect.poll(() => countTasks(leaver)).toBe(0);
      await expect.poll(() => countTasks(second)).toBe(0);
      expect(await countTasks(other)).toBe(101);
      const { rows } = await tasks.query('SELECT FROM inbox_set_aside');
      expect(rows).toEqual([]);
      const deleted = await tasks.query<{ count: number }>(
        `SELECT count(*)::integer FROM outbox_events WHERE account_id = $1 AND type = 'task.deleted.v1' GROUP BY subject HAVING count(*) > 1`,
        [leaver.id],
      );
      expect(deleted.rows).toEqual([]);
    },
  );
});

describe('the secret of a service', () => {
  let token: string;
  let secret: string;

  beforeAll(async () => {
    secret = readFileSync(join(dataDir, 'secrets', 'service-clients', 'task'), 'utf8').trim();
    const answer = await ask(secret);
    token = String(Reflect.get(Object(await answer.json()), 'access_token'));
  });

  it(
    'gives a token for the feeds, and for nothing of a person',
    { tags: ['service-tokens', 'service-tokens-apart'] },
    async () => {
      expect((await ask(`${secret}x`)).status).toBe(401);
      const { services } = stack.state();
      for (const feed of [services['user'], services['task']])
        expect(await statusOf(`${feed}/internal/events`, token)).toBe(200);
      for (const path of ['/auth/me', '/tasks', '/tasks/stats', '/stats']) {
        expect(await statusOf(`${stack.url}/api/v1${path}`, token)).toBe(401);
      }
      for (const [service, path] of [
        ['user', '/auth/me'],
        ['task', '/tasks'],
        ['stats', '/stats'],
      ] as const) {
        expect(await statusOf(`${services[service]}/api/v1${path}`, token)).toBe(401);
      }
    },
  );

  it(
    'is what a person’s token does not replace: the feeds refuse it, and the gateway has none',
    { tags: ['service-tokens-apart'] },
    async () => {
      const { token: own } = await person();
      const { services } = stack.state();
      for (const feed of [services['user'], services['task']])
        expect(await statusOf(`${feed}/internal/events`, own)).toBe(401);
      for (const each of [own, token]) expect(await statusOf(`${stack.url}/internal/events`, each)).toBe(404);
      expect(await loginStatus(stack.url, 'service:task', 'x')).toBe(401);
    },
  );
});
