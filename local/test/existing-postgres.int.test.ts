import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '@tasktracker/contracts/services';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tasktracker/embedded-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnStack, type SpawnedStack } from '../src/spawn-stack.ts';
import { openJournal, register } from './journal.ts';
import { createMark } from './marked-processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasktracker existing '));
const mark = createMark();
let server: EmbeddedPostgres;
let stack: SpawnedStack;

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'server'), password: 'secret', throwAway: true });
  const admin = new Client({ connectionString: server.adminUrl });
  await admin.connect();
  await admin.query("create role platform login createdb createrole password 'a b@c'");
  await admin.end();
});

afterAll(async () => {
  for (const pid of mark.pids()) process.kill(pid, 'SIGKILL');
  await server.stop({ atOnce: true });
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
});

describe('npm start --database-url --logs', () => {
  it('makes what it needs on an existing Postgres, with no more than the right to make databases and roles', async () => {
    const url = `postgres://platform:a%20b%40c@127.0.0.1:${server.port}/postgres`;
    const dataDir = join(folder, 'data');
    stack = await spawnStack({ dataDir, args: ['--database-url', url, '--logs'], env: mark.env });
    await register(stack.url, 'ada', 'correct-horse');
    const journal = await openJournal({ url: () => stack.url, username: 'ada', password: 'correct-horse' });
    const id = await journal.write('on a server of my own');
    expect(await journal.readIds()).toEqual([id]);
    expect(Object.keys(stack.state().processes)).not.toContain('postgres');
    expect(stack.output()).not.toMatch(/ok Postgres/);
  });

  it("shows the services' logs on the terminal as they come", async () => {
    await expect
      .poll(() => stack.output())
      .toMatch(/^task-service \d\d:\d\d:\d\d\.\d{3} POST \/api\/v1\/tasks\/? 201 {2}[\d.]+ ms$/m);
    await expect.poll(() => stack.output()).toMatch(/^user-service .* POST \/api\/v1\/auth\/register 201/m);
  });

  it('leaves that Postgres running at the end', async () => {
    expect(await stack.stop()).toBe(0);
    expect(mark.alive()).toEqual([]);
    const admin = new Client({ connectionString: server.adminUrl });
    await admin.connect();
    const { rows } = await admin.query<{ name: string }>(
      "select datname as name from pg_database where datname ~ '^tasktracker' order by 1",
    );
    await admin.end();
    const withDatabase = services.filter(({ database }) => database);
    expect(rows.map(({ name }) => name)).toEqual(withDatabase.map(({ name }) => `tasktracker_${name}`).toSorted());
  });
});
