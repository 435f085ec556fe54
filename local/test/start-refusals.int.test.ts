import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tasktracker/embedded-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { toDataDirPaths, type DataDir } from '../src/data-dir/data-dir.ts';
import { createMark } from './marked-processes.ts';
import { run, type Ended } from './run-start.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasktracker refusals '));
const mark = createMark();

/** One sentence on stderr, exit code 1, nothing left running. */
function expectRefusal({ code, stderr }: Ended, sentence: RegExp): void {
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
  expect(mark.alive()).toEqual([]);
}

const keyFile = 'key-encryption-key';
const start = (...args: string[]): Promise<Ended> => run('start', args, { env: mark.env });

function oldFolder(name: string, postgresVersion = '18'): DataDir {
  const dataDir = toDataDirPaths(join(folder, name));
  for (const each of [dataDir.secrets, dataDir.postgres]) mkdirSync(each, { recursive: true });
  for (const each of [keyFile, 'postgres-password'])
    writeFileSync(join(dataDir.secrets, each), randomBytes(32).toString('base64'));
  writeFileSync(join(dataDir.postgres, 'PG_VERSION'), `${postgresVersion}\n`);
  return dataDir;
}

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 }));

describe('npm start refuses', () => {
  it('an unknown option', async () => {
    expectRefusal(
      await start('--prot', '18000'),
      /^Unknown option '--prot'\. `npm start -- --help` lists the options\.\n$/,
    );
  });

  it('a data folder with a file in the way', async () => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    expectRefusal(
      await start('--port', '0', '--data-dir', join(file, 'data')),
      /^The data folder .*a file\/data can't be written \(a file is in the way\): choose another with/,
    );
  });

  it.each([`secrets/${keyFile}`, `secrets/${keyFile}.new`])(
    'a data folder with a folder in the way: %s',
    async (way) => {
      const root = mkdtempSync(join(folder, 'a folder '));
      mkdirSync(join(root, way), { recursive: true });
      expectRefusal(
        await start('--port', '0', '--data-dir', root),
        /^The data folder .* can't be written \(a folder is in the way\): choose another with/,
      );
    },
  );

  it('a data folder on a file system that takes no files', async () => {
    expectRefusal(
      await start('--port', '0', '--data-dir', '/proc/tasktracker'),
      /^The data folder \/proc\/tasktracker can't be written/,
    );
  });

  it('a data folder of another Postgres major version', async () => {
    const dataDir = oldFolder('old', '16');
    expectRefusal(
      await start('--port', '0', '--data-dir', dataDir.root),
      /was made by Postgres 16, but this is Postgres 18: choose another data folder/,
    );
  });

  describe('old data whose secret is lost', () => {
    it.each([keyFile, 'postgres-password'])('%s: it is not made again', async (name) => {
      const dataDir = oldFolder(`lost ${name}`);
      rmSync(join(dataDir.secrets, name));
      expectRefusal(
        await start('--port', '0', '--data-dir', dataDir.root),
        new RegExp(
          `^The file .*${name} is gone, and the data beside it can't be used without it: put it back from a backup, or`,
        ),
      );
      expect(readdirSync(dataDir.secrets)).not.toContain(name);
    });

    it('of a stack on an existing Postgres, which has no data beside it', async () => {
      const dataDir = toDataDirPaths(join(folder, 'lost on another server'));
      mkdirSync(dataDir.secrets, { recursive: true });
      writeFileSync(join(dataDir.secrets, 'user-app-password'), randomBytes(32).toString('base64url'));
      const url = 'postgres://postgres:x@127.0.0.1:1/postgres';
      expectRefusal(
        await start('--port', '0', '--data-dir', dataDir.root, '--database-url', url),
        /^The file .*key-encryption-key is gone/,
      );
    });

    it('half written', async () => {
      const dataDir = oldFolder('half');
      writeFileSync(join(dataDir.secrets, keyFile), 'AAAA');
      expectRefusal(
        await start('--port', '0', '--data-dir', dataDir.root),
        /^The file .*key-encryption-key holds no secret that TaskTracker made: put it back from a backup, or/,
      );
    });
  });

  describe('a busy port', () => {
    const servers: Server[] = [];
    afterEach(() => servers.splice(0).forEach((server) => server.close()));

    async function occupy(host: string): Promise<number> {
      const server = createServer().listen(0, host);
      servers.push(server);
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      return address.port;
    }

    it.each([
      ['of the gateway', 0, 'gateway'],
      ['of a service', 2, 'task-service'],
    ])('%s, by its name', async (_which, offset, name) => {
      const port = await occupy('127.0.0.1');
      const sentence = new RegExp(
        `Ports? .*${port} \\(${name}\\).* used by another program: .* choose other ports with \`npm start -- --port`,
      );
      expectRefusal(await start('--port', String(port - offset), '--data-dir', join(folder, 'busy')), sentence);
    });

    it('that only IPv6 clients would notice', async () => {
      const port = await occupy('::1');
      expectRefusal(await start('--port', String(port), '--data-dir', join(folder, 'busy')), /used by another program/);
    });
  });

  describe('an existing Postgres', () => {
    let server: EmbeddedPostgres;
    beforeAll(async () => {
      server = await startEmbeddedPostgres({ dataDir: join(folder, 'server'), password: 'secret', throwAway: true });
      const admin = new Client({ connectionString: server.adminUrl });
      await admin.connect();
      await admin.query("create role plain login password 'plain'; create role half login createrole password 'half'");
      await admin.end();
    });
    afterAll(() => server.stop({ atOnce: true }));

    function startOn(user: string, password: string, port = server.port): Promise<Ended> {
      const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
      return start('--port', '0', '--data-dir', join(folder, `on ${user}`), '--database-url', url);
    }

    it('that is not there', async () => {
      const ended = await startOn('postgres', 'secret', 1);
      expectRefusal(
        ended,
        /^The database postgres at 127\.0\.0\.1:1 can't be reached: .*ECONNREFUSED.*: check the database URL, and that the server runs\.$/m,
      );
    });

    it('by a URL with a mode of TLS that there is not', async () => {
      expectRefusal(
        await start('--port', '0', '--data-dir', join(folder, 'mode'), '--database-url', 'postgres://h/d?sslmode=on'),
        /^The database URL's sslmode must be one of disable, verify-ca, verify-full\.\n$/,
      );
    });

    it('that accepts the connection and says nothing', async () => {
      const silent = createServer().listen(0, '127.0.0.1');
      onTestFinished(() => void silent.close());
      await once(silent, 'listening');
      const address = silent.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      expectRefusal(
        await startOn('postgres', 'secret', address.port),
        /can't be reached: timeout expired: check the database URL, and that the server runs\.$/m,
      );
    });

    it('that refuses the password, without repeating it', async () => {
      const ended = await startOn('postgres', 'wrong-one');
      expectRefusal(
        ended,
        /can't be reached: password authentication failed for user "postgres": check the database URL/,
      );
      expect(ended.stdout + ended.stderr).not.toContain('wrong-one');
    });

    it.each([
      [
        'a file that is not there',
        { DATABASE_CA_FILE: '/nowhere/ca.pem' },
        /The file \/nowhere\/ca\.pem, which .* can't be read/,
      ],
      [
        'a mode that is none',
        { DATABASE_TLS: 'prefer' },
        /DATABASE_TLS must be one of disable, verify-ca, verify-full/,
      ],
      ['a server without TLS', { DATABASE_TLS: 'verify-full' }, /it does not offer TLS; DATABASE_TLS=disable connects/],
    ])('by TLS with %s', async (_which, env, sentence) => {
      const url = `postgres://postgres:secret@127.0.0.1:${server.port}/postgres`;
      const args = ['--port', '0', '--data-dir', join(folder, 'tls'), '--database-url', url];
      expectRefusal(await run('start', args, { env: { ...mark.env, ...env } }), sentence);
    });

    it('for a role without the right to make roles, naming the right', async () => {
      expectRefusal(
        await startOn('plain', 'plain'),
        /The role plain may not create the role user_migrate: .*createrole/,
      );
    });

    it('for a role without the right to make databases, naming the right', async () => {
      expectRefusal(
        await startOn('half', 'half'),
        /The role half may not create the database tasktracker_user: .*createdb/,
      );
    });
  });
});

describe('npm run demo and npm run user', () => {
  it('say that nothing is running, and how to start it', async () => {
    const demo = await run('demo', ['--url', 'http://localhost:1']);
    expect(demo).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Nothing answers at http:\/\/localhost:1: start it with `npm start`, or name another with --url URL\.\n$/,
      ),
    });
    const user = await run('user', ['disable', 'ada', '--data-dir', join(folder, 'none')]);
    expect(user).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No TaskTracker runs on .*none: start it with `npm start`/),
    });
  });

  it('say that nothing runs on a file, and what of a stack they can not read', async () => {
    const file = join(folder, 'no folder');
    writeFileSync(file, '');
    expect(await run('user', ['disable', 'ada', '--data-dir', file])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No TaskTracker runs on .*no folder: start it with `npm start`/),
    });
    const { root, state } = oldFolder('unreadable');
    mkdirSync(state);
    expect(await run('user', ['disable', 'ada', '--data-dir', root])).toMatchObject({
      code: 1,
      stderr: `The file ${state} can't be read: it is a folder.\n`,
    });
  });

  it('name the commands there are when given one that does not exist', async () => {
    expect(await run('user', ['frobnicate', 'ada'])).toMatchObject({
      code: 1,
      stderr:
        'There is no command frobnicate: use one of disable, enable, set-password. `npm run user -- --help` says what each does.\n',
    });
  });

  it('have a help that fits a terminal of 80 columns', async () => {
    for (const program of ['demo', 'user'] as const) {
      const { stdout } = await run(program, ['--help']);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it('refuse unknown options', async () => {
    expect(await run('demo', ['--uri', 'x'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Unknown option '--uri'. `npm run demo -- --help`"),
    });
    expect(await run('user', ['--uri', 'x'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Unknown option '--uri'. `npm run user -- --help`"),
    });
  });
});
