import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { connectClient } from '../src/connect-client.ts';
import {
  createPool,
  createPrismaAdapter,
  isDatabaseUnavailable,
  isSchemaReady,
  migrate,
  violatedConstraint,
} from '../src/postgres.ts';
import { makeMigrationsDir, provisionScratch, recordedLog, runSql } from './scratch-database.ts';

const pools: Pool[] = [];
const quiet = { warn: () => undefined };

function openPool(connectionString: string, acquireTimeoutMs = 5_000): Pool {
  const pool = createPool({
    connectionString,
    max: 2,
    applicationName: 'books',
    log: quiet,
    acquireTimeoutMs,
  });
  pools.push(pool);
  return pool;
}

async function migratedDatabase(script: string) {
  const database = await provisionScratch();
  const migrationsDir = await makeMigrationsDir({ '1_books': script });
  const migrateNow = () => migrate({ migrationsDir, connectionString: database.migrateUrl, log: recordedLog() });
  await migrateNow();
  return { ...database, migrationsDir, migrateNow };
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

describe('createPool', () => {
  it('speaks UTC, whatever the server does, and gives its name', async () => {
    const database = await provisionScratch();
    await runSql(inject('adminUrl'), `alter database ${database.databaseName} set timezone to 'Asia/Kolkata'`);
    const { rows } = await openPool(database.appUrl).query(
      "select current_setting('timezone') as zone, current_setting('application_name') as name",
    );
    expect(rows).toEqual([{ zone: 'UTC', name: 'books' }]);
  });

  it('survives the loss of its connections', async () => {
    const database = await provisionScratch();
    const warn = vi.fn<(facts: { err: Error }, message: string) => void>();
    const pool = createPool({ connectionString: database.appUrl, max: 1, applicationName: 'books', log: { warn } });
    pools.push(pool);
    await pool.query('select');
    await runSql(
      inject('adminUrl'),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.databaseName}'`,
    );
    await vi.waitUntil(() => warn.mock.calls.length > 0, { timeout: 20_000 });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('gives up on a server that hangs, and calls that unavailable', async () => {
    const database = await provisionScratch();
    const server = new URL(database.appUrl);
    const port = Number(server.port);
    const upstreams: Socket[] = [];
    const proxy = createServer((client) => {
      const upstream = connect(port, server.hostname);
      upstreams.push(upstream);
      client.pipe(upstream).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
    server.port = String(address.port);
    const pool = createPool({
      connectionString: server.href,
      max: 1,
      applicationName: 'books',
      log: quiet,
      statementTimeoutMs: 100,
    });
    await pool.query('select');
    for (const upstream of upstreams) upstream.unpipe(); // answers no longer arrive
    const hung: unknown = await pool.query('select').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(hung)).toBe(true);
    expect(pool.totalCount).toBe(0);
    for (const upstream of upstreams) upstream.destroy();
    proxy.close();
    await pool.end();
  });
});

describe('connectClient', () => {
  it('gives up on a host that accepts the connection and says nothing, and names the database', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const address = silent.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
    const url = `postgres://ada:secret@127.0.0.1:${address.port}/books`;
    const connecting = connectClient(url, 'books', (sentence, cause) => new Error(sentence, { cause }), 50);
    await expect(connecting).rejects.toThrow(
      `The database books at 127.0.0.1:${address.port} can't be reached: timeout expired`,
    );
  });
});

describe('createPrismaAdapter', () => {
  it("names statements after their text, so that a connection's second use of one is planned already", async () => {
    const pool = openPool((await provisionScratch()).appUrl);
    const adapter = await createPrismaAdapter(pool).connect();
    const query = {
      sql: 'select $1::int as number',
      args: [7],
      argTypes: [{ scalarType: 'int' as const, arity: 'scalar' as const }],
    };
    await adapter.queryRaw(query);
    await adapter.queryRaw(query);
    await adapter.dispose();
    const { rows } = await pool.query("select statement from pg_prepared_statements where statement like '%as number'");
    expect(rows).toEqual([{ statement: query.sql }]);
  });
});

describe('violatedConstraint', () => {
  it('names what refused a write, for the driver and for Prisma', async () => {
    const { appUrl } = await migratedDatabase(
      'create table books (id int primary key, title text constraint books_title_length check (length(title) < 5)); create unique index books_title on books (lower(title));',
    );
    const pool = openPool(appUrl);
    const adapter = await createPrismaAdapter(pool).connect();
    const viaDriver = (sql: string) => pool.query(sql).catch((error: unknown) => error);
    // As Prisma's client hands it on: the adapter's error inside `meta`.
    const viaPrisma = (sql: string) =>
      adapter
        .executeRaw({ sql, args: [], argTypes: [] })
        .catch((driverAdapterError: unknown) => ({ meta: { driverAdapterError } }));
    await pool.query("insert into books values (1, 'one')");
    for (const run of [viaDriver, viaPrisma]) {
      expect(violatedConstraint(await run("insert into books values (2, 'ONE')"))).toEqual({
        kind: 'unique',
        constraint: 'books_title',
      });
      expect(violatedConstraint(await run("insert into books values (1, 'two')"))).toEqual({
        kind: 'unique',
        constraint: 'books_pkey',
      });
      expect(violatedConstraint(await run("insert into books values (3, 'much too long')"))).toEqual({
        kind: 'check',
        constraint: 'books_title_length',
      });
      expect(violatedConstraint(await run('insert into nowhere values (1)'))).toBeUndefined();
    }
    expect(violatedConstraint(new Error('something else'))).toBeUndefined();
    expect(violatedConstraint(undefined)).toBeUndefined();
  });
});

describe('isSchemaReady', () => {
  it('is false before the last migration of this version is applied, and true from a second after', async () => {
    const { appUrl, migrationsDir, migrateNow } = await migratedDatabase('create table books (id int);');
    await mkdir(join(migrationsDir, '2_more'));
    await writeFile(join(migrationsDir, '2_more', 'migration.sql'), 'create table more (id int);');
    const pool = openPool(appUrl);
    expect(await isSchemaReady(pool, migrationsDir, quiet)).toBe(false);
    await migrateNow();
    await vi.waitUntil(() => isSchemaReady(pool, migrationsDir, quiet), { timeout: 5_000, interval: 50 });
  });

  it("doesn't mind a newer database", async () => {
    const { appUrl, migrationsDir, migrateNow } = await migratedDatabase('create table books (id int);');
    const older = await makeMigrationsDir({ '1_books': 'create table books (id int);' });
    await mkdir(join(migrationsDir, '2_more'));
    await writeFile(join(migrationsDir, '2_more', 'migration.sql'), 'create table more (id int);');
    await migrateNow();
    expect(await isSchemaReady(openPool(appUrl), older, quiet)).toBe(true);
  });

  it('is false, without an error, on an empty database and on one that is gone', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': 'select 1;' });
    expect(await isSchemaReady(openPool(database.appUrl), migrationsDir, quiet)).toBe(false);
    expect(await isSchemaReady(openPool('postgres://nobody:x@127.0.0.1:1/nowhere'), migrationsDir, quiet)).toBe(false);
  });

  it('says once why the database cannot be asked, and nothing before the first migration', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': 'select 1;' });
    const warn = vi.fn<(facts: { err: Error }, message: string) => void>();
    const pool = openPool(database.appUrl);
    const probeLater = () => {
      vi.advanceTimersByTime(2_000);
      return isSchemaReady(pool, migrationsDir, { warn });
    };
    vi.useFakeTimers({ toFake: ['performance'] });
    expect(await probeLater()).toBe(false);
    expect(warn).not.toHaveBeenCalled();
    const service = database.databaseName.replace('tasktracker_', '');
    await runSql(
      inject('adminUrl'),
      `alter role ${service}_app nologin; select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.databaseName}'`,
    );
    await vi.waitUntil(() => pool.totalCount === 0, { timeout: 20_000 });
    for (let probe = 0; probe < 3; probe += 1) expect(await probeLater()).toBe(false);
    expect(warn.mock.calls.map(([, line]) => line)).toEqual([
      expect.stringMatching(/^not ready: the database can't be asked: .*not permitted to log in/),
    ]);
  });

  it('asks the database once for many probes at a time', async () => {
    const { appUrl, migrationsDir } = await migratedDatabase('create table books (id int);');
    const pool = openPool(appUrl);
    const query = vi.spyOn(pool, 'query');
    const answers = await Promise.all(Array.from({ length: 20 }, () => isSchemaReady(pool, migrationsDir, quiet)));
    await setImmediate();
    answers.push(await isSchemaReady(pool, migrationsDir, quiet));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(query).toHaveBeenCalledTimes(1);
  });
});
