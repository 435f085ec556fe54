import { createTestDatabase, type TestDatabase } from '@tasktracker/embedded-postgres/testing';
import { createPool, onPool, type DeadlinePool } from '@tasktracker/postgres';
import { Client, type Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventLog, type EventLog, type LogPosition } from '../src/events.ts';

const owner = 7n;
let database: TestDatabase;
let pool: DeadlinePool;
let log: EventLog;
/** Two writers whose transactions overlap. */
let one: Client;
let other: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  const silent = { warn: () => undefined, error: () => undefined };
  pool = createPool({ connectionString: database.appUrl, max: 4, applicationName: 'notes-service', log: silent });
  log = createEventLog(onPool(pool));
  [one, other] = [new Client(database.appUrl), new Client(database.appUrl)];
  await Promise.all([one.connect(), other.connect()]);
});

afterEach(async () => {
  await Promise.all([one.end(), other.end(), pool.end()]);
  await database.drop();
});

/** Gives the subject of its event. */
async function add(text: string, writer: Pool | Client = pool, ownerId = owner): Promise<string> {
  const sql = 'INSERT INTO notes (owner_id, text) VALUES ($1, $2) RETURNING id';
  const { rows } = await writer.query<{ id: string }>(sql, [ownerId, text]);
  return `notes/${rows[0]?.id}`;
}

const change = (subject: string, text: string, writer: Client) =>
  writer.query('UPDATE notes SET text = $2 WHERE id = $1', [subject.slice('notes/'.length), text]);

async function read(after: LogPosition, limit = 100): Promise<string[]> {
  return (await log.readAfter(owner, after, limit)).events.map(({ subject }) => subject);
}

describe('the log of events', () => {
  it('has an event exactly if its change was committed', { tags: ['events-with-changes'] }, async () => {
    const start = await log.present();
    await one.query('BEGIN');
    await add('undone', one);
    await one.query('ROLLBACK');
    expect(await read(start)).toEqual([]);
    const subject = await add('done');
    expect(await read(start)).toEqual([subject]);
  });

  it('never skips what is committed late', { tags: ['changes-order'] }, async () => {
    let after = await log.present();
    const seen: string[] = [];
    const follow = async (): Promise<void> => {
      const { events, settled } = await log.readAfter(owner, after, 100);
      seen.push(...events.map(({ subject }) => subject));
      after = settled;
    };
    await one.query('BEGIN');
    const late = await add('late', one);
    const early = await add('early');
    await follow();
    expect(seen).toEqual([]);
    await one.query('COMMIT');
    await follow();
    await follow();
    expect(seen).toEqual([late, early]);
  });

  it('waits for a transaction that wrote elsewhere, too: it may still write here', async () => {
    const start = await log.present();
    await one.query('BEGIN');
    await one.query('SELECT pg_current_xact_id()');
    const first = await add('first');
    expect(await read(start)).toEqual([]);
    const second = await add('second', one);
    await one.query('COMMIT');
    expect((await read(start)).toSorted()).toEqual([first, second].toSorted());
  });

  it(
    'tells of one subject in the order of the commits, whichever transaction began first',
    { tags: ['events-with-changes'] },
    async () => {
      const subject = await add('0');
      await one.query('BEGIN');
      await one.query('SELECT pg_current_xact_id()');
      await other.query('BEGIN');
      await change(subject, '1', other);
      await other.query('COMMIT');
      await change(subject, '2', one);
      await one.query('COMMIT');
      const { rows } = await pool.query<{ text: string }>(
        `SELECT data->>'text' AS text FROM outbox_events WHERE subject = $1 ORDER BY horizon, position`,
        [subject],
      );
      expect(rows.map(({ text }) => text)).toEqual(['0', '1', '2']);
    },
  );

  it('is read a page at a time, and by account', async () => {
    const start = await log.present();
    const subjects = [await add('a'), await add('b'), await add('c')];
    await add('not mine', pool, 8n);
    const { events } = await log.readAfter(owner, start, 2);
    expect(events.map(({ subject }) => subject)).toEqual(subjects.slice(0, 2));
    expect(await read(events[1]?.at ?? start)).toEqual(subjects.slice(2));
  });

  it('is written by triggers alone', async () => {
    const insert = `INSERT INTO outbox_events (horizon, id, type, subject, time, account_id, data)
      VALUES (1, uuidv7(), 'x', 'notes/1', now(), 7, '{}')`;
    for (const text of [insert, `UPDATE outbox_events SET type = 'x'`, 'DELETE FROM outbox_start']) {
      await expect(pool.query(text)).rejects.toThrow('permission denied');
    }
  });

  it('has never been where a restored database has not been', async () => {
    const { horizon } = await log.present();
    await expect(read({ horizon: horizon + 1_000n, position: 0n })).rejects.toThrow('older than what is kept');
  });
});

/** Makes events so old, the first ones of the log. */
async function age(days: number, count: number): Promise<void> {
  const client = new Client(database.migrateUrl);
  await client.connect();
  const text = `UPDATE outbox_events SET time = now() - $1 * interval '1 day' WHERE position IN (
    SELECT position FROM outbox_events ORDER BY horizon, position LIMIT $2)`;
  await client.query(text, [days, count]);
  await client.end();
}

describe('pruning', () => {
  let start: LogPosition;
  let subjects: string[];

  beforeEach(async () => {
    start = await log.present();
    subjects = [];
    for (const text of ['a', 'b', 'c', 'd', 'e']) subjects.push(await add(text));
  });

  it('removes what is old, the oldest first and so many at most', async () => {
    await age(31, 3);
    expect(await log.prune(32, 10)).toBe(0);
    expect(await log.prune(30, 2)).toBe(2);
    expect(await log.prune(30, 2)).toBe(1);
    expect(await log.prune(30, 2)).toBe(0);
    const { rows } = await pool.query<{ subject: string }>('SELECT subject FROM outbox_events ORDER BY position');
    expect(rows.map(({ subject }) => subject)).toEqual(subjects.slice(3));
  });

  it('ends who reads from before it, and nobody else', { tags: ['changes-expired'] }, async () => {
    const { events } = await log.readAfter(owner, start, 100);
    const [beforeLast = start, last = start] = events.slice(1, 3).map(({ at }) => at);
    await age(31, 3);
    await log.prune(30, 10);
    await expect(read(start)).rejects.toThrow('older than what is kept');
    await expect(read(beforeLast)).rejects.toThrow('older than what is kept');
    expect(await read(last)).toEqual(subjects.slice(3));
    expect(await read(await log.present())).toEqual([]);
  });

  it('beside other replicas removes each event once', async () => {
    await age(31, 5);
    const removed = await Promise.all(Array.from({ length: 4 }, () => log.prune(30, 10)));
    expect(removed.reduce((sum, count) => sum + count)).toBe(5);
    await expect(read(start)).rejects.toThrow('older than what is kept');
  });
});
