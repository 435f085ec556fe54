import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { QueryResultRow } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '../src/embedded-postgres.ts';
import { readLockFile } from '../src/data-folder-lock.ts';
import { locatePostgresBinaries, postgresMajorVersion } from '../src/postgres-binaries.ts';
import { readProcessFacts } from '../src/process-facts.ts';

const password = 'pass word/%:@';
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];
let folder = '';
let dataDir = '';

const made = mkdtempSync(join(tmpdir(), 'tasktracker made '));
/** A new data folder as a first start makes it, for tests of what comes after: a copy takes a tenth of the time. */
const copyMadeFolder = (): void => void execFileSync('cp', ['-a', join(made, 'data'), dataDir]);

beforeAll(async () => {
  const server = await startEmbeddedPostgres({ dataDir: join(made, 'data'), password });
  await server.stop();
});

afterAll(() => rm(made, { recursive: true, force: true }));

beforeEach(async () => {
  // Nobody else may enter its parent: as root, Postgres runs under another account and must get in all the same.
  folder = await mkdtemp(join(tmpdir(), 'tasktracker embedded '));
  dataDir = join(folder, 'some data');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((server) => server.stop({ atOnce: true })));
  // The server of a killed starter may still be stopping, and write meanwhile.
  await rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, password, ...options });
  running.push(server);
  return server;
}

async function startFault(options: Partial<EmbeddedPostgresOptions> = {}): Promise<{ code: string; message: string }> {
  const error = await start(options).then(
    () => new Error('started'),
    (fault: unknown) => fault,
  );
  if (error instanceof EmbeddedPostgresError) return { code: error.code, message: error.message };
  throw error;
}

function spawnStarter(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'starter.ts'), dataDir, password], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  return child;
}

/** Starts Postgres in a process of its own; without `setpriv` on the PATH nothing binds the two together. */
async function startElsewhere(env: Record<string, string> = {}) {
  const child = spawnStarter(env);
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('it did not start')));
  failed.catch(() => undefined);
  const [line] = await Promise.race([once(child.stdout, 'data'), failed]);
  const { pid, adminUrl }: { pid: number; adminUrl: string } = JSON.parse(String(line));
  return { child, pid, adminUrl };
}

async function kill9(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function runSql<Row extends QueryResultRow>(adminUrl: string, sql: string, values?: string[]): Promise<Row[]> {
  const client = new Client({ connectionString: adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

const canStarve = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;

/** Leaves a process almost nothing of its only processor for a moment: if it is killed now, it dies after that. */
async function starve(pid: number): Promise<void> {
  const cpu = /\d+(?=\D*$)/.exec(spawnSync('taskset', ['-cp', String(pid)]).stdout.toString())?.[0] ?? '0';
  expect(spawnSync('taskset', ['-cp', cpu, String(pid)]).status).toBe(0);
  setPriority(pid, 19);
  const busy = 'process.stdout.write("."); for (const end = Date.now() + 1_000; Date.now() < end;);';
  const hog = spawn('taskset', ['-c', cpu, process.execPath, '-e', busy]);
  children.push(hog);
  await once(hog.stdout, 'data');
}

const write = (adminUrl: string) => runSql(adminUrl, 'create table kept as select 42 as answer');
const readBack = (adminUrl: string) => runSql(adminUrl, 'select answer from kept');
const written = [{ answer: 42 }];
const isGone = (pid: number): boolean => readProcessFacts(pid)?.isZombie ?? true;

describe('startEmbeddedPostgres', () => {
  it('starts on a new folder, and again on the same data', async () => {
    const first = await start();
    await write(first.adminUrl);
    await first.stop();
    expect(isGone(first.pid)).toBe(true);
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
    const second = await start();
    expect(await readBack(second.adminUrl)).toEqual(written);
  });

  it('writes durably, listens on 127.0.0.1 alone and asks for the password', async () => {
    const { adminUrl } = await start();
    const facts = await runSql(
      adminUrl,
      `select current_setting('fsync') as fsync, current_setting('listen_addresses') as listens,
              current_setting('unix_socket_directories') as sockets, current_setting('data_checksums') as checksums,
              (select datlocale from pg_database where datname = 'template1') as locale`,
    );
    expect(facts).toEqual([{ fsync: 'on', listens: '127.0.0.1', sockets: '', checksums: 'on', locale: 'C.UTF-8' }]);
    const wrong = new URL(adminUrl);
    wrong.password = 'wrong';
    await expect(runSql(wrong.href, 'select')).rejects.toMatchObject({ code: '28P01' });
  });

  it('takes settings, a port and a log file', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = free.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    free.close();
    await once(free, 'close');
    const logFile = join(folder, 'postgres.log');
    copyMadeFolder();
    const server = await start({ port, logFile, settings: { max_connections: '37' } });
    expect(server.port).toBe(port);
    expect(await runSql(server.adminUrl, 'show max_connections')).toEqual([{ max_connections: '37' }]);
    expect(existsSync(logFile)).toBe(true);
  });

  it('keeps the values of a row that is refused out of its log', async () => {
    const logFile = join(folder, 'postgres.log');
    copyMadeFolder();
    const { adminUrl } = await start({ logFile });
    await runSql(adminUrl, 'create table people (email text unique)');
    const insert = () => runSql(adminUrl, 'insert into people values ($1)', ['ada@example.com']);
    await insert();
    await expect(insert()).rejects.toMatchObject({ code: '23505' });
    const log = await readFile(logFile, 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('ada@example.com');
  });

  it('pins binaries of the major version that it says', () => {
    const said = execFileSync(locatePostgresBinaries().postgres, ['--version']).toString();
    expect(said).toContain(`(PostgreSQL) ${postgresMajorVersion}.`);
  });

  it('reports when the server has ended by itself', async () => {
    copyMadeFolder();
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    await expect(server.exited).resolves.toBeUndefined();
    await server.stop();
  });

  it('removes what an interrupted first start left behind', async () => {
    const abandoned = `${dataDir}.making-999999999`;
    await mkdir(abandoned);
    await writeFile(join(abandoned, 'PG_VERSION'), '18\n');
    await writeFile(`${abandoned}.password`, 'secret');
    await start();
    expect(await readdir(folder)).toEqual(['some data', 'some data.log']);
  });
});

describe('after a crash', () => {
  beforeEach(copyMadeFolder);

  it('starts again after kill -9 of Postgres, with every acknowledged write', async () => {
    const crashed = await start();
    await write(crashed.adminUrl);
    process.kill(crashed.pid, 'SIGKILL');
    expect(await readBack((await start()).adminUrl)).toEqual(written);
  });

  it.runIf(canStarve)(
    'waits for a Postgres that was killed but has not died yet',
    { meta: { needs: 'taskset, of util-linux' } },
    async () => {
      const crashed = await start();
      await write(crashed.adminUrl);
      await starve(crashed.pid);
      process.kill(crashed.pid, 'SIGKILL');
      expect(await readBack((await start()).adminUrl)).toEqual(written);
    },
  );

  it('starts although the dead Postgres has not been reaped yet', async () => {
    const { child, pid, adminUrl } = await startElsewhere();
    await write(adminUrl);
    child.kill('SIGSTOP');
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => readProcessFacts(pid)?.isZombie, { timeout: 20_000 });
    expect(await readBack((await start()).adminUrl)).toEqual(written);
  });

  it.runIf(process.platform === 'linux')(
    'ends with the process that started it, also after kill -9',
    { meta: { needs: 'Linux' } },
    async () => {
      const { child, pid, adminUrl } = await startElsewhere();
      await write(adminUrl);
      await kill9(child);
      await vi.waitUntil(() => isGone(pid), { timeout: 10_000 });
      expect(await readBack((await start()).adminUrl)).toEqual(written);
    },
  );

  it('stops an orphan of this data folder and starts again', async () => {
    await chmod(folder, 0o755);
    const { child, pid, adminUrl } = await startElsewhere({ PATH: '' });
    await write(adminUrl);
    await kill9(child);
    await vi.waitUntil(() => readProcessFacts(pid)?.parentPid !== child.pid, { timeout: 20_000 });
    expect(isGone(pid)).toBe(false);
    const server = await start();
    expect(isGone(pid)).toBe(true);
    expect(await readBack(server.adminUrl)).toEqual(written);
  });

  it('is not misled by a lock whose process id belongs to another program now', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    await expect(start()).resolves.toBeDefined();
  });

  it('is not misled by the lock of another data folder that came along with a copy', async () => {
    await (await start()).stop();
    const other = await start({ dataDir: `${dataDir} of somebody else` });
    await cp(join(`${dataDir} of somebody else`, 'postmaster.pid'), join(dataDir, 'postmaster.pid'));
    await expect(start()).resolves.toBeDefined();
    expect(await runSql(other.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('waits for a Postgres that is just stopping', async () => {
    const stopping = await start();
    await write(stopping.adminUrl);
    const client = new Client({ connectionString: stopping.adminUrl });
    await client.connect();
    // A server that is told to stop like this ends when its last client has gone.
    process.kill(stopping.pid, 'SIGTERM');
    await vi.waitUntil(() => readLockFile(dataDir)?.status === 'stopping', { timeout: 20_000 });
    const restarted = start();
    await client.end();
    expect(await readBack((await restarted).adminUrl)).toEqual(written);
  });
});

describe('in one clear sentence', () => {
  it('refuses a data folder that is in use', async () => {
    copyMadeFolder();
    const { adminUrl } = await startElsewhere();
    expect(await startFault()).toEqual({
      code: 'DATA_FOLDER_IN_USE',
      message: `The data folder ${dataDir} is in use by a running Postgres: stop it, or choose another data folder.`,
    });
    expect(await runSql(adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets one of two that start at once have the folder', async () => {
    const outcomes = [spawnStarter(), spawnStarter()].map((child) =>
      Promise.race([
        once(child.stdout, 'data').then(() => 'started'),
        once(child, 'exit').then(([exitCode]) => `exited with ${exitCode}`),
      ]),
    );
    expect((await Promise.all(outcomes)).toSorted()).toEqual(['exited with 1', 'started']);
  });

  it('refuses a busy port and leaves nothing running', async () => {
    copyMadeFolder();
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const address = busy.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await startFault({ port })).toEqual({
      code: 'PORT_IN_USE',
      message: `Port ${port} is already in use: choose another port for Postgres.`,
    });
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
    busy.close();
    await start();
  });

  it('refuses a data folder of another major version and leaves it as it is', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'PG_VERSION'), '17\n');
    const { code, message } = await startFault();
    expect(code).toBe('WRONG_MAJOR_VERSION');
    expect(message).toContain(`The data folder ${dataDir} was made by Postgres 17, but this is Postgres 18`);
    expect(await readdir(dataDir)).toEqual(['PG_VERSION']);
  });

  it('refuses a folder with something else in it', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'thesis.txt'), 'precious');
    expect((await startFault()).code).toBe('NOT_A_DATA_FOLDER');
    expect(await readdir(dataDir)).toEqual(['thesis.txt']);
  });

  it("refuses a folder that it can't write", async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await startFault({ dataDir: join(folder, 'file', 'data') })).toEqual({
      code: 'DATA_FOLDER_NOT_WRITABLE',
      message: `The data folder ${join(folder, 'file', 'data')} can't be written by this account: choose another folder, or change its owner.`,
    });
  });

  it('says what Postgres said when a setting is wrong', async () => {
    copyMadeFolder();
    const { code, message } = await startFault({ settings: { max_connections: 'many' } });
    expect(code).toBe('START_FAILED');
    expect(message).toContain('invalid value for parameter "max_connections": "many"');
  });
});
