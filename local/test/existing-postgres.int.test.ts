import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '@tasktracker/contracts/services';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tasktracker/embedded-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnStack, type SpawnedStack } from '../src/spawn-stack.ts';
import { openJournal, register } from './journal.ts';
import { createMark } from './marked-processes.ts';
import { run } from './run-start.ts';

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

/** With what a shell may have set for `psql`: none of it is for us. */
const shell = {
  PGSSLMODE: 'prefer',
  PGUSER: 'somebody',
  PGPASSWORD: 'x',
  PGOPTIONS: '-c statement_timeout=1',
  PGPORT: '1',
};

function open(): Promise<SpawnedStack> {
  const urlFile = join(folder, 'database-url');
  writeFileSync(urlFile, `postgres://platform:a%20b%40c@127.0.0.1:${server.port}/postgres\n`, { mode: 0o600 });
  const args = ['--database-url-file', urlFile, '--logs'];
  return spawnStack({ dataDir: join(folder, 'data'), args, env: { ...mark.env, ...shell } });
}

async function connects(url: string | undefined): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.end();
  return true;
}

describe('npm start --database-url --logs', () => {
  it('makes what it needs on an existing Postgres, with no more than the right to make databases and roles', async () => {
    stack = await open();
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
      .toMatch(/^task-service  \d\d:\d\d:\d\d\.\d{3} POST \/api\/v1\/tasks\/? 201 {2}[\d.]+ ms$/m);
    await expect.poll(() => stack.output()).toMatch(/^user-service .* POST \/api\/v1\/auth\/register 201/m);
  });

  it('keeps its databases from a second stack, which changes nothing and says whose they are', async () => {
    const url = `postgres://platform:a%20b%40c@127.0.0.1:${server.port}/postgres`;
    const other = join(folder, 'other');
    const ended = await run('start', ['--port', '0', '--data-dir', other], {
      env: { ...mark.env, TASKTRACKER_DATABASE_URL: url },
    });
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toMatch(
      new RegExp(
        `^The role \\w+ at .* belongs to another TaskTracker, with the data folder ${join(folder, 'data')} on `,
      ),
    );
    expect(ended.stdout + ended.stderr).not.toContain('a%20b');
    // A connection of its own, which asks for the password again.
    expect(await connects(stack.state().databaseUrls['user'])).toBe(true);
    await register(stack.url, 'eve', 'correct-horse');
  });

  it('goes on after a lost role password, thanks to its mark on the role', async () => {
    expect(await stack.stop()).toBe(0);
    rmSync(join(folder, 'data', 'secrets', 'user-app-password'));
    stack = await open();
    await register(stack.url, 'zoe', 'correct-horse');
  });

  it('leaves that Postgres running at the end, and says that the data is there', async () => {
    expect(await stack.stop()).toBe(0);
    expect(stack.output()).toContain(
      `Your data stays in Postgres at 127.0.0.1:${server.port}, and its secrets in ${join(folder, 'data', 'secrets')}\n`,
    );
    expect(stack.output()).not.toContain('a%20b');
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
