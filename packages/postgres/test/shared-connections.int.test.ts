import { createDeadline, withDeadline } from '@tasktracker/deadline';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { createPool, onPool, type DeadlinePool, type RunStatement } from '../src/postgres.ts';
import { provisionScratch, runSql } from './scratch-database.ts';

let pool: DeadlinePool;
let run: RunStatement;

beforeEach(async () => {
  const { appUrl } = await provisionScratch();
  pool = createPool({ connectionString: appUrl, max: 4, applicationName: 'test', log: { warn: () => {} } });
  run = onPool(pool);
});
afterEach(() => pool.end());

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
