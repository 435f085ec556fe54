import { Client } from 'pg';
import { toPageStatement } from '../../apps/task/src/tasks/task-page-sql.ts';
import { toTaskFilters, type TaskSort } from '../../apps/task/src/tasks/task-query.ts';
import type { TaskStatus } from '../../apps/task/src/tasks/task.ts';
import { type BenchAccount, createBenchAccount } from './bench-account.ts';
import { markdownTable } from './markdown-table.ts';
import { readOptions, readRunningStack } from './running-stack.ts';
import { buffersOf } from './statement-buffers.ts';
import { loadTasks, removeTasks } from './task-loader.ts';

const { dataDir, tasks: manyTasks } = readOptions(
  'bench:flat',
  'Compares an account with very many tasks with one of 100, through the gateway; prints Markdown.',
);
const { url, taskDatabaseUrl } = readRunningStack(dataDir);
const database = new Client({ connectionString: taskDatabaseUrl });
await database.connect();
const rounds = 101;
const pageSize = 100;

interface Figures {
  readonly [operation: string]: { readonly ms: number; readonly buffers: number };
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await call();
  return performance.now() - from;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function medianOf(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await timed(call));
  return median(times.slice(10)); // the first ones warm connections and plans
}

function pageBuffers(account: BenchAccount, statuses?: TaskStatus[], sort: TaskSort = '-created_at'): Promise<number> {
  const query = { filters: toTaskFilters({ statuses }), sort, limit: pageSize, skip: 0 };
  const { text, values } = toPageStatement(BigInt(account.id), query);
  return buffersOf(database, text, values);
}

interface Walk {
  readonly pages: number;
  readonly tasks: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Follows next_cursor to the end: median of the first and of the last 50 pages. */
async function walk(account: BenchAccount): Promise<Walk> {
  const times: number[] = [];
  let tasks = 0;
  let path = `/tasks?limit=${pageSize}`;
  for (;;) {
    const from = performance.now();
    const answer = await account.call(path);
    const page: { tasks: unknown[]; next_cursor: string | null } = JSON.parse(await answer.text());
    times.push(performance.now() - from);
    tasks += page.tasks.length;
    if (page.next_cursor === null) break;
    path = `/tasks?limit=${pageSize}&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
  return { pages: times.length, tasks, firstMs: median(times.slice(0, 50)), lastMs: median(times.slice(-50)) };
}

async function measure(count: number): Promise<{ figures: Figures; walked: Walk; loadMs: number }> {
  const account = await createBenchAccount(url);
  const loadMs = await timed(() => loadTasks(database, account.id, count));
  const countersText = 'SELECT status, priority, count FROM task_counts WHERE owner_id = $1';
  const figures = {
    'GET /tasks': { ms: await medianOf(() => account.call('/tasks')), buffers: await pageBuffers(account) },
    'GET /tasks?status=done': {
      ms: await medianOf(() => account.call('/tasks?status=done')),
      buffers: await pageBuffers(account, ['done']),
    },
    'GET /tasks?sort=due_date': {
      ms: await medianOf(() => account.call('/tasks?sort=due_date')),
      buffers: await pageBuffers(account, undefined, 'due_date'),
    },
    'GET /tasks/stats': {
      ms: await medianOf(() => account.call('/tasks/stats')),
      buffers: await buffersOf(database, countersText, [account.id]),
    },
  };
  const walked = await walk(account);
  if (walked.tasks !== count) throw new Error(`the walk saw ${walked.tasks} of ${count} tasks`);
  await removeTasks(database, account.id);
  await account.remove();
  return { figures, walked, loadMs };
}

const few = await measure(100);
const many = await measure(manyTasks);
await database.end();

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const rows = Object.entries(few.figures).map(([operation, small]) => {
  const large = many.figures[operation];
  if (!large) throw new Error(`${operation} was not measured`);
  return [`\`${operation}\``, ms(small.ms), ms(large.ms), String(small.buffers), String(large.buffers)];
});
console.log(`Loaded ${manyTasks} tasks in ${(many.loadMs / 1000).toFixed(1)} s.\n`);
console.log(markdownTable(['', '100 tasks', `${manyTasks} tasks`, 'buffers at 100', `buffers at ${manyTasks}`], rows));
const { pages, firstMs, lastMs } = many.walked;
console.log(
  `\nCursor walk over all ${manyTasks}: ${pages} pages of ${pageSize}, every task seen once; first 50 pages ${ms(firstMs)} each, last 50 ${ms(lastMs)}.`,
);
