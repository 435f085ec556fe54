import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gateway, services } from '@tasktracker/contracts/services';
import { Client } from 'pg';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { repositoryDir } from '../src/repository-dir.ts';
import { spawnStack, type SpawnedStack } from '../src/spawn-stack.ts';
import { consumers } from '../src/stack/service-environment.ts';
import { loginStatus, openJournal, register, type Journal } from './journal.ts';
import { createMark } from './marked-processes.ts';
import { run } from './run-start.ts';

// One data folder through its life: each test goes on where the one before it stopped.
const folder = mkdtempSync(join(tmpdir(), 'tasktracker life '));
const dataDir = join(folder, 'data of a person');
const mark = createMark();
const start = join(repositoryDir, 'local', 'src', 'start.ts');
const password = 'correct-horse';
const processes = [gateway, ...services];
const withDatabase = services.filter(({ database }) => database);
let stack: SpawnedStack;
let journal: Journal;
const acknowledged = new Set<number>();

/** For another database: the embedded one has no TLS. */
const shell = { DATABASE_TLS: 'verify-full', DATABASE_CA_FILE: '/nowhere/ca.pem' };
const open = (): Promise<SpawnedStack> => spawnStack({ dataDir, env: { ...mark.env, ...shell } });
const pidOf = (name: string): number => stack.state().processes[name] ?? 0;
const user = (...args: string[]) =>
  run('user', [...args, '--data-dir', dataDir], { env: { ...process.env, ...shell } });

async function write(title: string): Promise<void> {
  acknowledged.add(await journal.write(title));
}

async function expectEveryAcknowledgedTask(): Promise<void> {
  const ids = new Set(await journal.readIds());
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
}

/** As in a terminal: npm and the stack are one group, to which Ctrl-C goes (npm passes its own on as well). */
function startUnderNpm(): { child: ChildProcess; printed(): string } {
  const args = ['--prefix', repositoryDir, 'start', '--', '--port', '0', '--data-dir', 'data of a person'];
  const child = spawn('npm', args, {
    cwd: folder,
    env: mark.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { child, printed: () => chunks.join('') };
}

/** Why Postgres lets nobody in by this URL; undefined when it does. */
async function connectFault(url: URL): Promise<unknown> {
  const client = new Client({ connectionString: url.href });
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    return error;
  }
}

afterAll(() => {
  for (const pid of mark.pids()) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
});

describe('a first start', () => {
  it('ends ready, in a folder whose path has spaces', async () => {
    stack = await open();
    await register(stack.url, 'ada', password);
    journal = await openJournal({ url: () => stack.url, username: 'ada', password });
    await write('first');
    await expectEveryAcknowledgedTask();
  });

  it('reports each step with its time, then where everything is, in plain lines', () => {
    const lines = stack.output();
    for (const step of [
      'Prisma clients',
      'Postgres',
      'databases and roles',
      ...withDatabase.map(({ name }) => `${name} migrations`),
      ...processes.map(({ serviceName }) => serviceName),
    ]) {
      expect(lines).toMatch(new RegExp(`^ {2}ok ${step} +[\\d.]+ m?s`, 'm'));
    }
    const shift = Number(new URL(stack.url).port) - gateway.port;
    const table = [
      ['gateway', stack.url],
      ['docs', `${stack.url}/docs`],
      ...services.map(({ serviceName, port }) => [serviceName, `http://localhost:${shift + port}`]),
      ['data', dataDir],
      ['logs', `${dataDir}/logs`],
    ];
    expect(lines).toContain(table.map(([name = '', value]) => `  ${name.padEnd(15)} ${value}\n`).join(''));
    expect(lines).toContain(`curl ${stack.url}/health`);
    expect(lines).toContain(`npm run demo -- --url ${stack.url}\n`);
    expect(lines).toContain('Ctrl-C');
    expect(lines).not.toContain('\u001b');
  });

  it('logs in JSON, a file for each service', () => {
    for (const { name } of processes) {
      const lines = readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8')
        .trimEnd()
        .split('\n');
      expect(lines.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ msg: expect.stringMatching(/^listening at http/) }),
      );
    }
  });

  it('keeps its secrets from other accounts', () => {
    const all = readdirSync(join(dataDir, 'secrets'), { recursive: true, withFileTypes: true });
    const secrets = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    expect(secrets).toHaveLength(2 + 2 * withDatabase.length + consumers.length);
    for (const path of [...secrets, join(dataDir, 'stack.json')]) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['user', 'tasktracker_task'],
    ['user', 'postgres'],
    ['user', 'template1'],
    ['task', 'tasktracker_user'],
  ])('lets the roles of %s into no other database: %s', async (service, database) => {
    for (const role of ['app', 'migrate']) {
      const url = new URL(stack.state().databaseUrls[service] ?? '');
      url.username = `${service}_${role}`;
      url.password = readFileSync(join(dataDir, 'secrets', `${service}-${role}-password`), 'utf8').trim();
      expect(await connectFault(url)).toBeUndefined();
      url.pathname = database;
      expect(await connectFault(url)).toMatchObject({ code: '42501' });
    }
  });

  it('keeps its data folder from a second start', async () => {
    const { code, stderr } = await run('start', ['--port', '0', '--data-dir', dataDir]);
    expect(stderr).toMatch(
      /^The data folder .* is in use by a running stack \(process \d+, http:\/\/localhost:\d+\): stop that one with Ctrl-C, or start a second one with `npm start -- --port 18000 --data-dir DIR`\.\n$/,
    );
    expect(stderr).toContain(String(stack.child.pid));
    expect(code).toBe(1);
  });
});

describe('the operator', () => {
  it('disables and enables an account', async () => {
    await register(stack.url, 'bob', password);
    expect(await user('disable', 'bob')).toMatchObject({
      code: 0,
      stdout: 'bob is disabled and signed out everywhere.\n',
    });
    expect(await loginStatus(stack.url, 'bob', password)).toBe(401);
    expect(await user('enable', 'BOB@example.com')).toMatchObject({ code: 0 });
    expect(await loginStatus(stack.url, 'bob', password)).toBe(200);
  });

  it('sets the password of somebody who forgot it', async () => {
    const ended = await run('user', ['set-password', 'bob', '--data-dir', dataDir], { input: 'battery-staple\n' });
    expect(ended).toMatchObject({ code: 0, stdout: 'bob has a new password and is signed out everywhere.\n' });
    expect(await loginStatus(stack.url, 'bob', password)).toBe(401);
    expect(await loginStatus(stack.url, 'bob', 'battery-staple')).toBe(200);
  });

  it('is told of a name that does not exist, and how to use the command', async () => {
    expect(await user('disable', 'nobody-there')).toMatchObject({
      code: 1,
      stderr: 'There is no account nobody-there.\n',
    });
    expect(await user('disable')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Usage: npm run user -- disable\|enable\|set-password NAME/),
    });
  });
});

describe('npm run demo', () => {
  it('makes an account with a few hundred tasks and prints its login, a new one each time', async () => {
    const runs = await Promise.all([run('demo', ['--url', stack.url]), run('demo', ['--url', stack.url])]);
    const names = runs.map(({ stdout }) => /username {2}(\S+)/.exec(stdout)?.[1] ?? '');
    expect(new Set(names).size).toBe(2);
    for (const [index, { code, stdout, stderr }] of runs.entries()) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const demo = await openJournal({
        url: () => stack.url,
        username: names[index] ?? '',
        password: /password {2}(\S+)/.exec(stdout)?.[1] ?? '',
      });
      expect((await demo.readIds()).length).toBeGreaterThanOrEqual(250);
    }
  });
});

describe('kill -9', () => {
  it.each([...processes, { name: 'postgres', serviceName: 'Postgres' }])(
    'of $serviceName: it is started again, and the terminal says so',
    async ({ name, serviceName }) => {
      const before = pidOf(name);
      process.kill(before, 'SIGKILL');
      await expect.poll(() => pidOf(name), { interval: 50 }).not.toBeOneOf([before, 0]);
      await expect
        .poll(() => stack.output())
        .toMatch(
          new RegExp(
            `^\\d\\d:\\d\\d:\\d\\d {2}${serviceName} (was ended by SIGKILL|ended); starting it again in \\d+ ms$`,
            'm',
          ),
        );
      await expect.poll(() => stack.output()).toMatch(new RegExp(`${serviceName} is ready again`));
    },
  );

  it('of anything loses no acknowledged write', async () => {
    await expect.poll(() => journal.readIds().catch(() => [])).not.toEqual([]);
    await expectEveryAcknowledgedTask();
  });

  it('of everything in the middle of writes: the next start goes on, and no acknowledged write is gone', async () => {
    const writers = [1, 2, 3, 4].map(async (writer) => {
      for (let number = 0; ; number += 1) await write(`task ${number} of ${writer}`);
    });
    const before = acknowledged.size;
    await expect.poll(() => acknowledged.size, { interval: 5 }).toBeGreaterThan(before + 100);
    for (const pid of mark.pids()) process.kill(pid, 'SIGKILL');
    await Promise.allSettled(writers);

    stack = await open();
    expect(acknowledged.size).toBeGreaterThan(before + 100);
    await expectEveryAcknowledgedTask();
    await write('after');
  });

  it('of the stack alone: services and Postgres end by themselves, and the next start goes on at once', async () => {
    const orphans = new Set(mark.pids().filter((pid) => pid !== stack.child.pid));
    stack.child.kill('SIGKILL');
    stack = await open();
    expect(mark.pids().filter((pid) => orphans.has(pid))).toEqual([]);
    await expectEveryAcknowledgedTask();
  });
});

describe('the end', () => {
  it('of a drain that takes too long comes at once with a second signal, a second later', async () => {
    const { hostname, port } = new URL(stack.url);
    const unfinished = connect(Number(port), hostname);
    unfinished.on('error', () => {});
    unfinished.write(
      'POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n',
    );
    // The gateway has the request, and waits for its body.
    expect(String(await once(unfinished, 'data'))).toMatch(/^HTTP\/1\.1 100 /);
    const closed = once(stack.child, 'close');
    stack.child.kill('SIGTERM');
    // Signals of the first second are npm's echo. Without a second one the drain would end it with 0.
    const pressing = setInterval(() => stack.child.kill('SIGTERM'), 250);
    onTestFinished(() => clearInterval(pressing));
    expect(await closed).toEqual([1, null]);
    expect(stack.output()).toContain('Ended at once.');
    // Who was killed may need a moment to die.
    await expect.poll(() => mark.alive()).toEqual([]);
    unfinished.destroy();
  });

  it('comes during a start too, with exit code 0 and nothing left', async () => {
    const child = spawn(process.execPath, [start, '--port', '0', '--data-dir', dataDir], { env: mark.env });
    await expect.poll(() => mark.pids().length, { interval: 5 }).toBeGreaterThan(2);
    const complaints = text(child.stderr);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(await complaints).toBe('');
    expect(mark.alive()).toEqual([]);
  });

  it('comes when npm is gone, as nobody could stop the stack after that', async () => {
    const npm = startUnderNpm();
    await expect.poll(() => npm.printed(), { interval: 20 }).toContain('Ready in');
    npm.child.kill('SIGKILL');
    await expect.poll(() => mark.alive(), { interval: 50 }).toEqual([]);
    await expect.poll(() => npm.printed()).toContain('Stopped in');
  });

  it('comes with Ctrl-C under npm, with exit code 0, everything drained and the data kept', async () => {
    const npm = startUnderNpm();
    await expect.poll(() => npm.printed(), { interval: 20 }).toContain('Ready in');
    const url = /gateway +(http\S+)/.exec(npm.printed())?.[1] ?? '';
    expect(await loginStatus(url, 'ada', password)).toBe(200);
    const closed = once(npm.child, 'close');
    process.kill(-(npm.child.pid ?? 0), 'SIGINT');
    expect(await closed).toEqual([0, null]);
    expect(npm.printed()).toMatch(/ok gateway .*\n.*ok services .*\n.*ok Postgres .*\nStopped in/);
    expect(mark.alive()).toEqual([]);
  });
});
