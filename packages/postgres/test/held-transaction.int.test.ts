import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPool, heldTransaction, type RunStatement } from '../src/postgres.ts';
import { provisionScratch, runSql } from './scratch-database.ts';

let pool: Pool;
let url = '';

beforeEach(async () => {
  const database = await provisionScratch();
  url = database.migrateUrl;
  await runSql(url, 'create table books (id int primary key)');
  const log = { warn: () => {} };
  pool = createPool({ connectionString: url, max: 1, applicationName: 'test', log });
});
afterEach(() => pool.end());

const add = (run: RunStatement, id: number): Promise<object[]> =>
  run({ name: 'add-book', text: 'insert into books values ($1)', values: [id] });
const read = (run: RunStatement): Promise<object[]> => run({ name: 'books', text: 'select id from books', values: [] });
const books = (): Promise<unknown> => runSql(url, 'select id from books order by id');

it('keeps all of it and gives what the work gave', async () => {
  const work = async (run: RunStatement): Promise<string> => {
    await add(run, 1);
    await add(run, 2);
    expect(await books()).toEqual([]);
    return 'done';
  };
  expect(await heldTransaction(pool, work)).toBe('done');
  expect(await books()).toEqual([{ id: 1 }, { id: 2 }]);
});

it('keeps nothing if the work throws, and its connection serves the next', async () => {
  await expect(
    heldTransaction(pool, async (run) => {
      await add(run, 1);
      throw new Error('changed its mind');
    }),
  ).rejects.toThrow('changed its mind');
  await heldTransaction(pool, (run) => add(run, 2));
  expect(await books()).toEqual([{ id: 2 }]);
});

it('throws if a failed statement was swallowed: nothing of it was kept', async () => {
  await expect(
    heldTransaction(pool, async (run) => {
      await add(run, 1);
      await add(run, 1).catch(() => undefined);
    }),
  ).rejects.toThrow('the transaction was rolled back');
  expect(await books()).toEqual([]);
});

it('gives the pool no connection back that was cut, and ends nothing else', async () => {
  await expect(
    heldTransaction(pool, async (run) => {
      const [row] = await run<{ pid: number }>({ name: 'pid', text: 'select pg_backend_pid() as pid', values: [] });
      await runSql(url, `select pg_terminate_backend(${row?.pid})`);
      await add(run, 1);
    }),
  ).rejects.toThrow(/terminat|queryable|closed/i);
  await heldTransaction(pool, (run) => add(run, 2));
  expect(await books()).toEqual([{ id: 2 }]);
});

it('leaves a connection on which a statement gives another type since a migration', async () => {
  await heldTransaction(pool, read);
  await runSql(url, 'alter table books alter column id type bigint');
  await expect(heldTransaction(pool, read)).rejects.toThrow('cached plan');
  expect(await heldTransaction(pool, read)).toEqual([]);
});
