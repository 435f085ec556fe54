import { buffersOfCalls } from '../harness/buffers-of-calls.ts';
import { loadAccounts } from '../harness/bulk-tasks.ts';
import { interleavedTurns } from '../harness/interleaved-times.ts';
import { startTaskDatabase } from '../harness/task-database.ts';
import { openTaskSession, type TaskSession } from '../harness/task-session.ts';
import { compare, faultOfMachine, medianOf } from '../harness/turns.ts';
import { exactly } from '../interval.ts';
import type { Line, Plot } from '../report/plot.ts';
import { firstPage, newKey, newTask, quota } from '../workers/task-call-plan.ts';
import type { Row, Run } from './goal.ts';
import { faultOf } from './ratio-row.ts';

/** The last ones make a table of ten million tasks. */
const accountCounts = [1, 100, 10_000, 100_000];
const fewAccounts = [1, 10, 100];
const tasksOfEach = 100;
/** Calls whose pages are counted. */
const countedCalls = 200;

/** A task service's database with so many accounts. */
interface Population {
  readonly accounts: number;
  readonly loadSeconds: number;
  readonly session: TaskSession;
}

const anyOf = (count: number): number => Math.floor(Math.random() * count);

const operations: Readonly<Record<string, (population: Population, account: number) => Promise<unknown>>> = {
  'task by key': ({ accounts, session }, account) =>
    session.store.tasks.find(BigInt(account), BigInt(account + accounts * anyOf(tasksOfEach))),
  'page of 20': ({ session }, account) => session.store.tasks.findPage(BigInt(account), firstPage),
  counts: ({ session }, account) => session.store.tasks.count(BigInt(account)),
  create: ({ session }, account) =>
    session.store.tasks.createOnce(newKey(BigInt(account)), newTask, quota, '/api/v1/tasks'),
};

/** Of an operation for some choice of accounts. */
interface Growth {
  /** `create, any account`. */
  readonly name: string;
  /** A figure for each population, in their order. */
  readonly milliseconds: readonly number[];
  readonly buffers: readonly number[];
  readonly row: Row;
}

/** What the task service's calls cost with ever more accounts, each with a hundred tasks; one caller at a time. */
export async function compareAccounts(run: Run): Promise<Row[]> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const populations: Population[] = [];
    for (const accounts of run.isQuick ? fewAccounts : accountCounts) populations.push(await populate(accounts, stops));
    const growths: Growth[] = [];
    for (const operation of Object.keys(operations)) growths.push(...(await compareSizes(operation, populations, run)));
    if (!run.isQuick) toPlots(growths, populations).forEach((plot) => run.plot(plot));
    return [...growths.map(({ row }) => row), ...(await loadRow(populations))];
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function populate(accounts: number, stops: (() => Promise<void>)[]): Promise<Population> {
  const database = await startTaskDatabase();
  stops.push(() => database.stop());
  const from = performance.now();
  await loadAccounts(database, accounts, tasksOfEach);
  const loadSeconds = (performance.now() - from) / 1_000;
  const session = openTaskSession(database.appUrl);
  stops.push(() => session.close());
  return { accounts, loadSeconds, session };
}

/** All sizes take turns: for one account, whose pages Postgres soon has at hand, and for another one each time. */
async function compareSizes(operation: string, populations: readonly Population[], { sizes }: Run): Promise<Growth[]> {
  const call = operations[operation];
  if (call === undefined) throw new Error(`there is no operation ${operation}`);
  const choices = {
    'one account': (population: Population) => call(population, 1),
    'any account': (population: Population) => call(population, 1 + anyOf(population.accounts)),
  };
  const named = Object.entries(choices).map(([choice, ask]) => ({
    choice,
    calls: populations.map((population) => ({
      name: `${choice} of ${population.accounts}`,
      pool: population.session.pool,
      run: () => ask(population),
    })),
  }));
  const all = named.flatMap(({ calls }) => calls);
  const [first] = all;
  const again: [string, () => Promise<unknown>][] = first === undefined ? [] : [['again', first.run]];
  const turns = await interleavedTurns(
    Object.fromEntries([...all.map(({ name, run }) => [name, run] as const), ...again]),
    { ...sizes, seconds: sizes.seconds / 2 },
  );
  const fault = faultOfMachine(compare(turns, 'p50', [first?.name ?? '', 'again']));
  const growths: Growth[] = [];
  for (const { choice, calls } of named) {
    const names = calls.map(({ name }) => name);
    const milliseconds = names.map((name) => medianOf(turns, 'p50', name));
    const buffers: number[] = [];
    for (const { pool, run } of calls) buffers.push(await buffersOfCalls(pool, run, countedCalls));
    const name = `${operation}, ${choice}`;
    const row = {
      name: `${name} of ${populations.at(-1)?.accounts}`,
      peer: 'the only account',
      figure: `${steps(milliseconds, 2)} ms, ${steps(buffers, 0)} pages`,
      value: compare(turns, 'p50', [names[0] ?? '', names.at(-1) ?? '']),
      unit: '×',
      ...faultOf(fault),
    } as const;
    growths.push({ name, milliseconds, buffers, row });
  }
  return growths;
}

const steps = (figures: readonly number[], digits: number): string =>
  figures.map((figure) => figure.toFixed(digits)).join(' → ');

function toPlots(growths: readonly Growth[], populations: readonly Population[]): Plot[] {
  const x = { label: `accounts, each with ${tasksOfEach} tasks`, isLogarithmic: true };
  const toLines = (figure: 'milliseconds' | 'buffers'): Line[] =>
    growths.map((growth) => ({
      name: growth.name.replace(' account', ''),
      points: populations.map(({ accounts }, place) => [accounts, growth[figure][place] ?? Number.NaN] as const),
    }));
  return [
    {
      name: 'growing-accounts-time',
      title: 'What a call takes, for one account or any, by the accounts there are',
      x,
      y: { label: 'median, ms' },
      lines: toLines('milliseconds'),
    },
    {
      name: 'growing-accounts-buffers',
      title: 'What Postgres touches for a call, for one account or any, by the accounts there are',
      x,
      y: { label: 'pages of 8 KiB' },
      lines: toLines('buffers'),
    },
  ];
}

/** How long it took to fill the largest, and what it has become. */
async function loadRow(populations: readonly Population[]): Promise<Row[]> {
  const largest = populations.at(-1);
  if (largest === undefined) return [];
  const { rows } = await largest.session.pool.query<{ table: number; indexes: number }>(
    `SELECT pg_table_size('tasks') / 1e9::float8 AS "table", pg_indexes_size('tasks') / 1e9::float8 AS indexes`,
  );
  const [size = { table: 0, indexes: 0 }] = rows;
  return [
    {
      name: `loading ${largest.accounts * tasksOfEach} tasks, then their indexes and counters`,
      peer: '',
      figure: `table ${size.table.toFixed(2)} GB, indexes ${size.indexes.toFixed(2)} GB`,
      value: exactly(largest.loadSeconds),
      unit: 's',
    },
  ];
}
