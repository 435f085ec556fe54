import { createEventLog, type LogPosition } from '@tasktracker/events';
import { createSeededRandom, type SeededRandom } from '@tasktracker/seeded-random';
import { Client } from 'pg';
import { owner, stranger, type TaskApp, type TaskBody } from './open-task-app.ts';

interface Changes {
  changes: { id: number; deleted: boolean; task?: TaskBody }[];
  next_cursor: string;
  has_more: boolean;
}

interface Writer {
  readonly client: Client;
  readonly locks: Set<string>;
  isOpen: boolean;
}

const owners = [owner, owner, stranger] as const;
const combinations = ['low', 'medium', 'high'] as const;

/**
 * Transactions that begin, write, commit late and roll back in a seeded order, while one client keeps a copy by
 * `/tasks/changes` and one consumer reads the log, by statements that `mutate` may spoil. Gives what they got wrong:
 * nothing, if the log is sound.
 */
export async function checkUnderLateCommits(
  tasks: TaskApp,
  seed: string,
  mutate = (sql: string) => sql,
): Promise<string[]> {
  const random = createSeededRandom(seed, 'late commits');
  const steps = 150;
  const open = (): Promise<Writer> => openWriter(tasks.databaseUrl);
  const writers: [Writer, ...Writer[]] = await Promise.all([open(), open(), open(), open()]);
  const reader = new Client({ connectionString: tasks.databaseUrl });
  await reader.connect();
  const log = createEventLog(async <Row extends object>({ text, values }: { text: string; values: unknown[] }) => {
    const { rows } = await reader.query<Row>(mutate(text), values);
    return rows;
  });
  const rows: { id: string; count: string; owner: bigint }[] = [];
  const start = await log.present();
  const follower = { after: start, seen: new Array<string>() };
  const copy = new Map<number, TaskBody>();
  let cursor = '';

  const pull = async (limit: number): Promise<boolean> => {
    const page = (await tasks.call({ path: '/changes', query: { cursor, limit } })).json<Changes>();
    for (const { id, task } of page.changes) {
      if (task) copy.set(id, task);
      else copy.delete(id);
    }
    cursor = page.next_cursor;
    return page.has_more;
  };
  const follow = async (limit: number): Promise<number> => {
    const { events, settled } = await log.readAfter(owner, follower.after, limit);
    follower.seen.push(...events.map(({ at }) => placeOf(at)));
    follower.after = events.length < limit ? settled : (events.at(-1)?.at ?? settled);
    return events.length;
  };

  for (let step = 0; step < steps; step += 1) {
    await act(random, random.pick(writers), writers, rows);
    if (step === Math.floor(steps / 5)) {
      cursor = (await tasks.call({ path: '/changes' })).json<Changes>().next_cursor;
      for (const task of (await tasks.list({ limit: 1000 })).tasks) copy.set(task.id, task);
    }
    if (cursor !== '' && random.below(3) === 0) await pull(1 + random.below(4));
    if (random.below(2) === 0) await follow(1 + random.below(4));
  }
  for (const { client } of writers) {
    await client.query(random.below(2) === 0 ? 'COMMIT' : 'ROLLBACK');
    await client.end();
  }
  // Far more often than a sound log needs.
  for (let rest = 0; rest < steps && (await pull(7)); rest += 1);
  for (let rest = 0; rest < steps && (await follow(50)) > 0; rest += 1);
  await reader.end();
  return [
    ...(await faultsOfCopy(tasks, copy)),
    ...(await faultsOfConsumer(tasks, start, follower.seen)),
    ...(await faultsOfOrder(tasks)),
  ];
}

async function openWriter(connectionString: string): Promise<Writer> {
  const client = new Client({ connectionString });
  await client.connect();
  return { client, locks: new Set(), isOpen: false };
}

/** One statement of a writer, unless it would have to wait for another. */
async function act(
  random: SeededRandom,
  writer: Writer,
  writers: readonly Writer[],
  rows: { id: string; count: string; owner: bigint }[],
): Promise<void> {
  const { client, locks } = writer;
  const isFree = (lock: string): boolean => writers.every((other) => other === writer || !other.locks.has(lock));
  if (!writer.isOpen) {
    await client.query('BEGIN');
    writer.isOpen = true;
  }
  const action = random.pick(['insert', 'update', 'update', 'update', 'delete', 'end', 'end']);
  if (action === 'end') {
    await client.query(random.below(5) === 0 ? 'ROLLBACK' : 'COMMIT');
    locks.clear();
    writer.isOpen = false;
    return;
  }
  if (action === 'insert') {
    const [as, priority] = [random.pick(owners), random.pick(combinations)];
    const count = `count ${as} ${priority}`;
    if (!isFree(count)) return;
    const text = `INSERT INTO tasks (owner_id, title, priority) VALUES ($1, 'new', $2) RETURNING id`;
    const { rows: made } = await client.query<{ id: string }>(text, [as, priority]);
    for (const { id } of made) {
      rows.push({ id, count, owner: as });
      locks.add(`task ${id}`).add(count);
    }
    return;
  }
  const row = rows[random.below(rows.length)];
  if (row === undefined || !isFree(`task ${row.id}`) || (action === 'delete' && !isFree(row.count))) return;
  locks.add(`task ${row.id}`);
  if (action === 'delete') {
    locks.add(row.count);
    await client.query('DELETE FROM tasks WHERE id = $1', [row.id]);
  } else {
    await client.query(`UPDATE tasks SET title = $2 WHERE id = $1`, [row.id, `new ${random.below(1_000)}`]);
  }
}

const placeOf = ({ horizon, position }: LogPosition): string => `${horizon}/${position}`;

async function faultsOfCopy(tasks: TaskApp, copy: ReadonlyMap<number, TaskBody>): Promise<string[]> {
  const there = new Map((await tasks.list({ limit: 1000 })).tasks.map((task) => [task.id, task]));
  const ids = [...new Set([...there.keys(), ...copy.keys()])];
  return ids
    .filter((id) => JSON.stringify(there.get(id)) !== JSON.stringify(copy.get(id)))
    .map((id) => `the copy has task ${id} otherwise`);
}

async function faultsOfConsumer(tasks: TaskApp, start: LogPosition, seen: readonly string[]): Promise<string[]> {
  const all = await tasks.sql<{ place: string }>(
    `SELECT horizon || '/' || position AS place FROM outbox_events WHERE account_id = $1 AND (horizon, position) > ($2, $3) ORDER BY horizon, position`,
    [owner, start.horizon, start.position],
  );
  const expected = all.map(({ place }) => place);
  const isSame = expected.length === seen.length && expected.every((place, index) => seen[index] === place);
  return isSame ? [] : [`a consumer saw ${seen.length} events of ${expected.length}, or in another order`];
}

/** Those of one task come in the order of its versions, its deletion last. */
async function faultsOfOrder(tasks: TaskApp): Promise<string[]> {
  const events = await tasks.sql<{ subject: string; type: string; version: number }>(
    `SELECT subject, type, (data->'task'->>'version')::integer AS version FROM outbox_events ORDER BY horizon, position`,
  );
  const latest = new Map<string, number>();
  return events.flatMap(({ subject, type, version }) => {
    const rank = type === 'task.deleted.v1' ? version + 0.5 : version;
    const isLate = rank <= (latest.get(subject) ?? 0);
    latest.set(subject, rank);
    return isLate ? [`${type} of ${subject}, version ${version}, comes after what followed it`] : [];
  });
}
