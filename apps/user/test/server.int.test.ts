import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@tasktracker/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const entry = fileURLToPath(new URL('../src/server.ts', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

function start(env: Record<string, string>): Running {
  const child = spawn(process.execPath, [entry], {
    env: { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended, output: () => output };
}

describe('the process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'user service '));
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  function keyFile(name: string): string {
    const file = join(folder, name);
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`);
    return file;
  }

  it('listens, becomes ready, drains at SIGTERM with 0, and refuses to start with another encryption key', async () => {
    const env = { HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.appUrl };
    const first = start({ ...env, KEY_ENCRYPTION_KEY_FILE: keyFile('first') });
    await expect.poll(() => first.output()).toContain('"msg":"listening at ');
    const port = /listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(first.output())?.[1];
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = start({ ...env, KEY_ENCRYPTION_KEY_FILE: keyFile('second') });
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(
      /could not start: .*KEY_ENCRYPTION_KEY_FILE.*lost, delete the rows of the table signing_keys/,
    );
    expect(second.output()).not.toContain(' at '); // a sentence, no stack
  });

  it('names every fault of its configuration at once, without values', async () => {
    const faulty = start({ PORT: 'eighty', ACCESS_TOKEN_EXPIRE_MINUTES: '0', DATABASE_URL: 'mysql://secret' });
    expect(await faulty.ended).toBe(1);
    const output = faulty.output();
    for (const name of ['PORT', 'ACCESS_TOKEN_EXPIRE_MINUTES', 'DATABASE_URL', 'KEY_ENCRYPTION_KEY_FILE']) {
      expect(output).toContain(name);
    }
    expect(output).not.toMatch(/eighty|secret/);
  });

  it('names every fault of its secret files with those of its variables, without content', async () => {
    const bad = join(folder, 'bad');
    writeFileSync(bad, 'too-short-secret');
    const faulty = start({
      PORT: 'eighty',
      DATABASE_URL: 'postgres://user_app:password@[nowhere/tasktracker_user',
      KEY_ENCRYPTION_KEY_FILE: bad,
      INTROSPECTION_CLIENT_ID: 'reporting',
      INTROSPECTION_CLIENT_SECRET_FILE: join(folder, 'missing'),
    });
    expect(await faulty.ended).toBe(1);
    expect(faulty.output()).toMatch(/KEY_ENCRYPTION_KEY_FILE must hold 32 random bytes/);
    expect(faulty.output()).toMatch(/INTROSPECTION_CLIENT_SECRET_FILE names a file that can't be read \(ENOENT\)/);
    expect(faulty.output()).toMatch(/PORT must be a whole number from 0 to 65535/);
    expect(faulty.output()).toMatch(/DATABASE_URL must be postgres:/);
    expect(faulty.output()).not.toMatch(/too-short-secret|password/);
  });
});
