import { createDeadline, withDeadline } from '@tasktracker/deadline';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { createPool, isDatabaseUnavailable, onPool, type DeadlinePool, type RunStatement } from '../src/postgres.ts';
import { provisionScratch, runSql } from './scratch-database.ts';

let url = '';
let pool: DeadlinePool;
let run: RunStatement;
const pools: DeadlinePool[] = [];

function open(max: number): void {
  const log = { warn: () => {} };
  pool = createPool({ connectionString: url, max, applicationName: 'test', acquireTimeoutMs: 5_000, log });
  pools.push(pool);
  run = onPool(pool);
}

beforeEach(async () => {
  url = (await provisionScratch()).migrateUrl;
  open(4);
});
afterEach(() => Promise.all(pools.splice(0).map(async (each) => each.ending || (await each.end()))));

/** Gives the connection's process, after so many seconds. */
async function pidAfter(seconds: number, isBrief = true): Promise<number | undefined> {
  const text = 'select pg_backend_pid() as pid, pg_sleep($1)';
  const [row] = await run<{ pid: number }>({ name: 'pid', text, values: [seconds], isBrief });
  return row?.pid;
}

const echo = (value: number): Promise<object[]> =>
  run({ name: 'echo', text: 'select $1::int as value', values: [value], isBrief: true });
const count = (values: readonly unknown[]): number => new Set(values).size;
const times = <T>(number: number, work: () => Promise<T>): Promise<T>[] => Array.from({ length: number }, work);
const end = (pid: number | undefined): Promise<unknown> =>
  runSql(inject('adminUrl'), `select pg_terminate_backend(${pid})`);

it('lets brief statements share a connection, each with its own rows', async () => {
  await pidAfter(0);
  const pids = await Promise.all(times(8, () => pidAfter(0.01)));
  expect(count(pids)).toBe(1);
  const rows = await Promise.all([1, 2, 3, 4].map(echo));
  expect(rows).toEqual([1, 2, 3, 4].map((value) => [{ value }]));
});

it('gives others a connection of their own, and brief ones too where eight wait for each of two', async () => {
  expect(count(await Promise.all(times(4, () => pidAfter(0.05, false))))).toBe(4);
  const many = await Promise.all(times(20, () => pidAfter(0.02)));
  expect(count(many)).toBeGreaterThan(2);
});

it('tells one alone that its statement was refused', async () => {
  await pidAfter(0);
  const broken = run({ name: 'broken', text: 'select 1 / $1::int', values: [0], isBrief: true });
  const results = await Promise.allSettled([pidAfter(0), broken, pidAfter(0)]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(count([await pidAfter(0), await pidAfter(0)])).toBe(1);
});

it('gives connections back to whoever needs one of their own', async () => {
  await pidAfter(0);
  const clients = await Promise.all(times(4, () => pool.connect()));
  const waiting = pidAfter(0);
  clients.forEach((client) => client.release());
  expect(await waiting).toBeTypeOf('number');
});

it('keeps no connection for which somebody already waits', async () => {
  open(1);
  const own = await pool.connect();
  const brief = pidAfter(0);
  const waiting = pool.connect();
  own.release();
  expect(await brief).toBeTypeOf('number');
  (await waiting).release();
});

it('gives connections back to whoever needs one, when the server lets nobody else in', async () => {
  open(2);
  const pid = await pidAfter(0);
  Object.assign(pool.options, { connectionString: undefined, host: '127.0.0.1', port: 1 });
  expect(await pidAfter(0, false)).toBe(pid);
});

it('gives a connection to one at a time, whenever somebody comes who needs it', async () => {
  open(1);
  for (let turns = 0; turns < 12; turns += 1) {
    const own = await pool.connect();
    const brief = pidAfter(0);
    own.release();
    // After the callback that hands the connection on, so many turns of the queue of promises later.
    const { promise, resolve } = Promise.withResolvers<void>();
    process.nextTick(resolve);
    await promise;
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const next = await pool.connect();
    expect(await brief).toBeTypeOf('number');
    expect(() => next.release()).not.toThrow();
  }
});

it('ends with the pool, though a connection was being made to be shared', async () => {
  const asked = pidAfter(0);
  const ended = pool.end();
  expect(await asked).toBeTypeOf('number');
  await ended;
  expect(pool.totalCount).toBe(0);
});

it('sends nothing for a request whose deadline is over', async () => {
  await pidAfter(0);
  const deadline = createDeadline(60_000);
  deadline.abandon();
  await expect(withDeadline(deadline, () => pidAfter(0))).rejects.toThrow('the caller left');
});

it('leaves a connection on which what was prepared is gone, or gives another type since a migration', async () => {
  await runSql(url, 'create table books (pages int)');
  const readBooks = (): Promise<object[]> =>
    run({ name: 'books', text: 'select pages from books', values: [], isBrief: true });
  await readBooks();
  await runSql(url, 'alter table books alter column pages type bigint');
  await expect(readBooks()).rejects.toSatisfy(isDatabaseUnavailable);
  expect(await readBooks()).toEqual([]);
  await run({ name: 'forget', text: 'deallocate all', values: [], isBrief: true });
  await expect(readBooks()).rejects.toSatisfy(isDatabaseUnavailable);
  expect(await readBooks()).toEqual([]);
});

it('ends a connection two seconds after a deadline, and the next use another', async () => {
  const before = await pidAfter(0);
  const late = withDeadline(createDeadline(50), () => pidAfter(30));
  await expect(late).rejects.toThrow('Connection terminated');
  expect(await pidAfter(0)).not.toBe(before);
});

it('lets nobody wait behind a statement that is late', async () => {
  const before = await pidAfter(0);
  const deadline = createDeadline(60_000);
  const late = withDeadline(deadline, () => pidAfter(1));
  deadline.abandon();
  expect(await pidAfter(0)).not.toBe(before);
  expect(await late).toBe(before);
});

it('replaces a connection that breaks, idle or under way, and ends nothing else', async () => {
  const first = await pidAfter(0);
  await end(first);
  await vi.waitUntil(() => pool.totalCount === 0, { timeout: 10_000 });
  const second = await pidAfter(0);
  const cut = pidAfter(30);
  await Promise.all([expect(cut).rejects.toThrow('terminating connection'), end(second)]);
  expect(await pidAfter(0)).not.toBe(second);
});
