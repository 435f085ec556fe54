import { createSeededRandom, type SeededRandom } from '@tasktracker/seeded-random';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTaskApp, type TaskApp } from './open-task-app.ts';
import { testSeed } from './test-seed.ts';

const [batcher, caller, other] = [1n, 2n, 3n];
const quota = 9;

let tasks: TaskApp;

beforeAll(async () => {
  tasks = await openTaskApp({ TASKS_PER_ACCOUNT: String(quota) });
});
afterAll(() => tasks.close());

/** An operation about the n-th task that an account made, or about one that is not there or somebody else's. */
interface Step {
  readonly op: 'create' | 'update' | 'delete';
  readonly task: number | 'missing' | 'foreign';
  readonly ifMatch: number | undefined;
  readonly fields: Record<string, unknown>;
}

interface Outcome {
  status: number;
  task?: unknown;
  problem?: object;
}

/** The ids of each account's tasks, in the order in which they were made. */
type Ids = (number | undefined)[];

const values: Record<string, readonly [unknown, ...unknown[]]> = {
  title: ['One', 'Two', 'T'.repeat(255), '', 3],
  description: [null, '', 'Words', 'Words', '🐘'.repeat(10_000), 'x'.repeat(10_001)],
  status: ['todo', 'DONE', 'in_progress', 'done', null],
  priority: ['low', 'High', 'medium', 'urgent'],
  due_date: [null, '2030-01-02', '2030-01-02T00:00:00Z', '1999-12-31T23:59:59.123+02:00', '2030-02-30'],
  estimate_minutes: [null, 0, 100_000, 1.5],
  is_completed: [true, false],
  owner_id: [9],
};

/** The last value of most fields is not valid: seldom taken. */
function someFields(random: SeededRandom): Record<string, unknown> {
  const chosen = Object.entries(values).filter(() => random.below(3) === 0);
  return Object.fromEntries(
    chosen.map(([name, all]) => [name, random.below(8) === 0 ? all.at(-1) : random.pick([all[0], ...all.slice(1, 4)])]),
  );
}

function someStep(random: SeededRandom, known: number): Step {
  const op = random.pick<Step['op']>(['create', 'create', 'update', 'update', 'update', 'update', 'delete']);
  const nowhere = random.below(12) === 0 ? random.pick<Step['task']>(['missing', 'foreign']) : undefined;
  const title = op === 'create' && random.below(10) > 0 ? { title: random.pick(['One', 'Two']) } : {};
  return {
    op,
    // Often one of few, so that operations meet.
    task: nowhere ?? Math.max(0, known - 1 - random.below(5)),
    ifMatch: random.below(3) === 0 ? 1 + random.below(3) : undefined,
    fields: { ...title, ...someFields(random) },
  };
}

const idOf = (task: Step['task'], ids: Ids, foreign: number): number =>
  task === 'missing' ? 999_999_999 : task === 'foreign' ? foreign : (ids[task] ?? 999_999_998);

/** What is the same for both accounts. */
function alike(value: unknown, ids: Ids): unknown {
  return JSON.parse(JSON.stringify(value ?? null), (name, member: unknown) => {
    if (name === 'id') return `task ${ids.indexOf(Number(member))}`;
    return ['owner_id', 'created_at', 'updated_at', 'request_id'].includes(name) ? undefined : member;
  });
}

async function byBatch(steps: readonly Step[], ids: Ids, foreign: number, atomic: boolean): Promise<Outcome[]> {
  const operations = steps.map(({ op, task, ifMatch, fields }) => ({
    ...(op !== 'delete' && fields),
    op,
    ...(op !== 'create' && { id: idOf(task, ids, foreign), if_match: ifMatch }),
  }));
  const answer = await tasks.call({ method: 'POST', path: '/batch', body: { atomic, operations }, as: batcher });
  expect(answer.statusCode, answer.body.slice(0, 500)).toBe(200);
  const { results } = answer.json<{ results: (Outcome & { id?: number })[] }>();
  for (const [index, { status, id }] of results.entries()) {
    if (status === 201) ids.push(id);
    else if (id !== operations[index]?.id) throw new Error(`result ${index} is about ${id}`);
  }
  return results.map(({ status, task, problem }) => ({
    status,
    ...(task !== undefined && { task: alike(task, ids) }),
    ...(problem && { problem: Object(alike(problem, ids)) }),
  }));
}

async function byCalls(steps: readonly Step[], ids: Ids, foreign: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const known = [...ids]; // a batch can't name what only it makes
  for (const { op, task, ifMatch, fields } of steps) {
    const answer = await tasks.call({
      method: ({ create: 'POST', update: 'PATCH', delete: 'DELETE' } as const)[op],
      path: op === 'create' ? '' : `/${idOf(task, known, foreign)}`,
      ...(op !== 'delete' && { body: fields }),
      ...(op !== 'create' && ifMatch !== undefined && { headers: { 'if-match': `"${ifMatch}"` } }),
      as: caller,
    });
    const body: unknown = answer.body === '' ? undefined : answer.json();
    const status = answer.statusCode;
    if (status === 201) ids.push(answer.json().id);
    const shown = status >= 400 ? { problem: Object(alike(body, ids)) } : { task: alike(body, ids) };
    outcomes.push({ status, ...(body !== undefined && shown) });
  }
  return outcomes;
}

/** All that an account has: its tasks in order, its counts, and the events of each task in theirs. */
async function everythingOf(as: bigint, ids: Ids): Promise<unknown> {
  const list = await tasks.call({ query: { limit: 1000 }, as });
  const stats = await tasks.call({ path: '/stats', as });
  const events = await tasks.sql<{ subject: string; type: string; data: unknown }>(
    'SELECT subject, type, data FROM outbox_events WHERE account_id = $1 ORDER BY horizon, position',
    [as],
  );
  const bySubject = Map.groupBy(events, ({ subject }) => ids.indexOf(Number(subject.split('/')[1])));
  return {
    tasks: alike(list.json(), ids),
    stats: stats.json(),
    events: [...bySubject]
      .toSorted(([a], [b]) => a - b)
      .map(([task, about]) => [task, about.map(({ type, data }) => [type, alike(data, ids)])]),
  };
}

const isFailed = ({ status }: Outcome): boolean => status >= 400;
const withoutCurrent = (outcome: Outcome | undefined): unknown => {
  const { current, ...problem } = Object(outcome?.problem);
  return [outcome?.status, problem, current === undefined];
};

let random: SeededRandom;
let foreign: number;
const [ofBatcher, ofCaller]: [Ids, Ids] = [[], []];

/** A batch of one account and the calls of the other: what was seen, and what should have been. */
async function doBoth(
  steps: readonly Step[],
  atomic: boolean,
): Promise<{ kind: string; seen: unknown; right: unknown }> {
  const before = await everythingOf(batcher, ofBatcher);
  const results = await byBatch(steps, ofBatcher, foreign, atomic);
  const kind = results.some(isFailed) ? 'failed' : 'done';
  if (!atomic || kind === 'done') return { kind, seen: results, right: await byCalls(steps, ofCaller, foreign) };

  const after = await everythingOf(batcher, ofBatcher);
  const failed = results.findIndex(({ status }) => isFailed({ status }) && status !== 424);
  const codes = results.map(({ problem }) => Object(problem).code).toSpliced(failed, 1);
  // Up to the failure the calls are done; then the same operations without it are a batch that is done.
  const calls = await byCalls(steps.slice(0, failed + 1), ofCaller, foreign);
  const done = failed === 0 ? [] : await byBatch(steps.slice(0, failed), ofBatcher, foreign, true);
  return {
    kind: 'undone',
    seen: [after, codes, withoutCurrent(results[failed]), done],
    right: [before, codes.map(() => 'NOT_DONE'), withoutCurrent(calls[failed]), calls.slice(0, failed)],
  };
}

it(
  'a batch does and answers what its operations would as calls, one after another; if it is atomic, all or nothing',
  { tags: ['batch', 'batch-atomic', 'batch-cost', 'task-quota'] },
  async () => {
    const seed = testSeed();
    random = createSeededRandom(seed, 'batches');
    foreign = (await tasks.create({}, other)).id;
    const kinds = new Set<string>();
    for (let round = 0; round < 20 || (kinds.size < 3 && round < 200); round += 1) {
      const label = `seed ${seed}, round ${round}`;
      const atomic = round % 2 === 1;
      const size = 1 + random.below(atomic ? 4 : 15);
      const { kind, seen, right } = await doBoth(
        Array.from({ length: size }, () => someStep(random, ofBatcher.length)),
        atomic,
      );
      kinds.add(kind);
      expect(seen, label).toEqual(right);
      expect(await everythingOf(batcher, ofBatcher), label).toEqual(await everythingOf(caller, ofCaller));
    }
    expect(kinds, `seed ${seed}`).toEqual(new Set(['done', 'failed', 'undone']));
  },
);
