import { once } from 'node:events';
import { createServer } from 'node:net';
import { createDeadline, withDeadline } from '@tasktracker/deadline';
import { Overloaded, ServiceUnavailable } from '@tasktracker/errors';
import type { Pool } from 'pg';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { createPool, openConnections, toDatabaseProblem } from '../src/postgres.ts';
import { provisionScratch, runSql } from './scratch-database.ts';

const pools: Pool[] = [];
const longStatement = 'select pg_sleep(30)';

async function openPool(max: number, options: { acquireTimeoutMs?: number } = {}) {
  const { appUrl } = await provisionScratch();
  const applicationName = `books-${pools.length}-${process.pid}`;
  const log = { warn: () => undefined };
  const pool = createPool({ connectionString: appUrl, max, applicationName, log, ...options });
  pools.push(pool);
  return { pool, applicationName };
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

async function statesOf(applicationName: string): Promise<string[]> {
  const rows = await runSql<{ state: string }>(
    inject('adminUrl'),
    `select state from pg_stat_activity where application_name = '${applicationName}'`,
  );
  return rows.map(({ state }) => state);
}

const isRunning = async (applicationName: string): Promise<boolean> =>
  (await statesOf(applicationName)).includes('active');

afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())));

describe('a statement for a request', () => {
  it('ends with the time for the request, in Postgres too', async () => {
    const { pool, applicationName } = await openPool(1);
    const deadline = createDeadline(300);
    await withDeadline(deadline, () => failureOf(pool.query(longStatement)));
    expect(deadline.remainingMs()).toBe(0);
    await vi.waitUntil(async () => !(await isRunning(applicationName)), { timeout: 10_000 });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('ends when its caller leaves', async () => {
    const { pool, applicationName } = await openPool(1);
    const deadline = createDeadline(60_000);
    const asked = withDeadline(deadline, () => failureOf(pool.query(longStatement)));
    await vi.waitUntil(() => isRunning(applicationName), { timeout: 20_000 });
    deadline.abandon();
    expect(await asked).toBeInstanceOf(Error);
    await vi.waitUntil(async () => !(await isRunning(applicationName)), { timeout: 10_000 });
  });

  it('undoes its transaction when its caller leaves', async () => {
    const { pool, applicationName } = await openPool(1);
    const deadline = createDeadline(60_000);
    await withDeadline(deadline, async () => {
      const client = await pool.connect();
      await client.query('begin');
      deadline.abandon();
      await vi.waitUntil(async () => (await failureOf(client.query('select'))) !== undefined, { timeout: 10_000 });
      client.release();
    });
    expect(pool.totalCount).toBe(0);
    await vi.waitUntil(async () => (await statesOf(applicationName)).length === 0, { timeout: 20_000 });
  });

  it('costs no connection when it ends by itself soon after', async () => {
    const { pool } = await openPool(1);
    const pid = (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
    const deadline = createDeadline(60_000);
    const asked = withDeadline(deadline, () => pool.query('select pg_sleep(0.5)'));
    await vi.waitUntil(() => pool.idleCount === 0, { timeout: 20_000 });
    deadline.abandon();
    await asked;
    expect((await pool.query('select pg_backend_pid() as pid')).rows).toEqual(pid);
  });
});

describe('waiting for a connection', () => {
  it('ends with the time for the request', async () => {
    const { pool } = await openPool(1);
    const held = await pool.connect();
    const failure = await withDeadline(createDeadline(50), () => failureOf(pool.query('select')));
    expect(toDatabaseProblem(failure)).toBeInstanceOf(ServiceUnavailable);
    held.release();
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('ends when the caller leaves, and the connection is left to the next', async () => {
    const { pool } = await openPool(1);
    const held = await pool.connect();
    const deadline = createDeadline(60_000);
    const asked = withDeadline(deadline, () => failureOf(pool.query('select')));
    deadline.abandon();
    expect(await asked).toBeInstanceOf(Error);
    const next = pool.query('select 1 as one');
    held.release();
    expect((await next).rows).toEqual([{ one: 1 }]);
  });

  it('is in the order in which they came', async () => {
    const { pool } = await openPool(1);
    const held = await pool.connect();
    const order: number[] = [];
    const asked = [1, 2, 3].map((number) => pool.query('select').then(() => order.push(number)));
    held.release();
    await Promise.all(asked);
    expect(order).toEqual([1, 2, 3]);
  });

  it('is over as soon as any connection is free, though a new one is slow to come', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { pool } = await openPool(2, { acquireTimeoutMs: 500 });
    const held = await pool.connect();
    const address = silent.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
    Object.assign(pool.options, { port: address.port, host: '127.0.0.1', connectionString: undefined });
    const asked = pool.query('select 1 as one');
    held.release();
    expect((await asked).rows).toEqual([{ one: 1 }]);
    silent.close();
  });

  it('is not over with an attempt that began before it and is lost', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
    const { pool } = await openPool(2, { acquireTimeoutMs: 1_000 });
    const held = await pool.connect();
    const { host, port, connectionString } = pool.options;
    Object.assign(pool.options, { port: address.port, host: '127.0.0.1', connectionString: undefined });
    const asked = pool.query('select'); // begins the attempt, and is served by the other connection
    held.release();
    await asked;
    (await pool.connect()).release(true);
    Object.assign(pool.options, { port, host, connectionString });
    const late = await withDeadline(createDeadline(20_000), () => pool.query('select 1 as one'));
    expect(late.rows).toEqual([{ one: 1 }]);
    silent.close();
  });

  it('ends with the pool', async () => {
    const { pool } = await openPool(2);
    const held = await pool.connect();
    const ended = pool.end();
    expect(toDatabaseProblem(await failureOf(pool.query('select')))).toBeInstanceOf(ServiceUnavailable);
    held.release();
    await ended;
    pools.pop();
  });

  it('is as short for the first requests as for others: half of the connections are open before', async () => {
    const { pool, applicationName } = await openPool(5);
    await openConnections(pool);
    expect(await statesOf(applicationName)).toEqual(['idle', 'idle', 'idle']);
  });

  it('is not waited for where nobody listens', async () => {
    const log = { warn: () => undefined };
    const connectionString = 'postgres://nobody:x@127.0.0.1:1/nowhere';
    const pool = createPool({ connectionString, max: 4, applicationName: 'books', log, acquireTimeoutMs: 60_000 });
    await openConnections(pool);
    expect(pool.totalCount).toBe(0);
    await pool.end();
  });

  it('is refused at once when very many wait', async () => {
    const { pool } = await openPool(1);
    const held = await pool.connect();
    const asked = Array.from({ length: 300 }, () => failureOf(pool.query('select')));
    expect(toDatabaseProblem(await failureOf(pool.query('select')))).toBeInstanceOf(Overloaded);
    held.release();
    expect(new Set(await Promise.all(asked))).toEqual(new Set([undefined]));
  });

  it('ends for everybody as soon as it is known that nobody listens', async () => {
    const log = { warn: () => undefined };
    const connectionString = 'postgres://nobody:x@127.0.0.1:1/nowhere';
    const pool = createPool({ connectionString, max: 1, applicationName: 'books', log, acquireTimeoutMs: 60_000 });
    pools.push(pool);
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(pool.query('select'))));
    expect(failures).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ code: 'ECONNREFUSED' })));
  });

  it('without a deadline ends after the time that the pool was given', async () => {
    const { pool } = await openPool(1, { acquireTimeoutMs: 1_000 });
    const held = await pool.connect();
    expect(await failureOf(pool.query('select'))).toBeInstanceOf(Error);
    held.release();
  });
});

it('keeps a connection on which a statement was refused', async () => {
  const { pool } = await openPool(1);
  const pid = (await pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
  await failureOf(pool.query('select 1/0'));
  expect((await pool.query('select pg_backend_pid() as pid')).rows).toEqual(pid);
});
