import { createTestDatabase, type TestDatabase } from '@tasktracker/embedded-postgres/testing';
import { createPool, onPool, type DeadlinePool } from '@tasktracker/postgres';
import { Client, type Pool } from 'pg';
import { Type, Value, type Static } from '@tasktracker/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventFeed, type EventFeed } from '../src/event-feed.ts';
import { createEventLog, type EventLog } from '../src/events.ts';
import { oldestPlace, parsePlace } from '../src/feed-place.ts';

const CloudEvent = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$' }),
  source: Type.Literal('/tasktracker/notes'),
  type: Type.String(),
  subject: Type.String(),
  time: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  datacontenttype: Type.Literal('application/json'),
  position: Type.String(),
  data: Type.Object({ text: Type.String() }),
});

let database: TestDatabase;
let pool: DeadlinePool;
let log: EventLog;
let feed: EventFeed;
let looks: number;
let isEnding: boolean;
let late: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  const silent = { warn: () => undefined, error: () => undefined };
  pool = createPool({ connectionString: database.appUrl, max: 4, applicationName: 'notes-service', log: silent });
  log = createEventLog(onPool(pool));
  looks = 0;
  isEnding = false;
  feed = createEventFeed({
    source: '/tasktracker/notes',
    log: { ...log, newest: () => ((looks += 1), log.newest()) },
    async readPresent(after, limit) {
      const { rows } = await pool.query<{ key: string; subject: string; data: string }>(
        `SELECT id::text AS key, 'notes/' || id AS subject, to_json(notes)::text AS data FROM notes
         WHERE id > $1 ORDER BY id LIMIT $2`,
        [after, limit],
      );
      const facts = { id: '01900000-0000-7000-8000-000000000000', time: '2030-01-02T03:04:05.000Z' };
      return rows.map((row) => ({ ...facts, ...row, key: BigInt(row.key), type: 'note.written.v1' }));
    },
    isEnding: () => isEnding,
  });
  late = new Client(database.appUrl);
  await late.connect();
});

afterEach(async () => {
  await Promise.all([late.end(), pool.end()]);
  await database.drop();
});

async function add(text: string, writer: Pool | Client = pool): Promise<void> {
  await writer.query('INSERT INTO notes (owner_id, text) VALUES (7, $1)', [text]);
}

interface Page {
  readonly events: Static<typeof CloudEvent>[];
  readonly texts: string[];
  readonly next: string;
}

async function read(
  after?: string,
  options: { limit?: number; waitMs?: number; signal?: AbortSignal } = {},
): Promise<Page> {
  const { limit = 100, waitMs = 0, signal = new AbortController().signal } = options;
  const { body, next } = await feed.read({
    after: after === undefined || after === oldestPlace ? after : parsePlace(after),
    limit,
    waitMs,
    signal,
  });
  const events = Value.Parse(Type.Array(CloudEvent), JSON.parse(body));
  return { events, texts: events.map(({ data }) => data.text), next };
}

/** All that is there after a place. */
async function readToEnd(after?: string, limit = 2): Promise<string[]> {
  const page = await read(after, { limit });
  const isEnd = page.events.length === 0 && page.next === after;
  return isEnd ? [] : [...page.texts, ...(await readToEnd(page.next, limit))];
}

describe('the feed of events', () => {
  it('gives CloudEvents after a place, each of which is a place to go on from', { tags: ['event-feed'] }, async () => {
    const { next } = await read();
    for (const text of ['a', 'b', 'c']) await add(text);
    const { events, texts, next: end } = await read(next);
    expect(texts).toEqual(['a', 'b', 'c']);
    expect(events.map(({ type, subject }) => [type, subject])).toEqual(
      ['notes/1', 'notes/2', 'notes/3'].map((subject) => ['note.written.v1', subject]),
    );
    expect((await read(events[0]?.position)).texts).toEqual(['b', 'c']);
    expect((await read(next, { limit: 2 })).texts).toEqual(['a', 'b']);
    expect(await read(end)).toEqual({ events: [], texts: [], next: end });
  });

  it('skips nothing that is committed late, and tells it once', { tags: ['event-feed'] }, async () => {
    const { next } = await read();
    await late.query('BEGIN');
    await add('late', late);
    await add('early');
    const before = await read(next);
    await late.query('COMMIT');
    expect([...before.texts, ...(await readToEnd(before.next))]).toEqual(['late', 'early']);
  });

  it(
    'begins with what exists, a page at a time, then tells what happened since that began',
    { tags: ['event-bootstrap'] },
    async () => {
      for (const text of ['a', 'b', 'c', 'd']) await add(text);
      const first = await read(undefined, { limit: 2 });
      expect(first.texts).toEqual(['a', 'b']);
      await pool.query(`UPDATE notes SET text = 'A' WHERE text = 'a'`);
      await pool.query(`DELETE FROM notes WHERE text = 'd'`);
      await add('e');
      expect((await read(first.events[0]?.position, { limit: 2 })).texts).toEqual(['b', 'c']);
      expect(await readToEnd(first.next)).toEqual(['c', 'e', 'A', 'e']);
    },
  );

  it('begins with all that the log has for who asks for that', { tags: ['event-bootstrap'] }, async () => {
    expect((await read(oldestPlace)).texts).toEqual([]);
    for (const text of ['a', 'b', 'c']) await add(text);
    expect((await read(oldestPlace, { limit: 2 })).texts).toEqual(['a', 'b']);
    await log.prune(0, 1);
    const { texts, next } = await read(oldestPlace);
    expect(texts).toEqual(['b', 'c']);
    await add('d');
    expect(await readToEnd(next)).toEqual(['d']);
  });

  it('tells of what was not committed yet when the state was read', { tags: ['event-bootstrap'] }, async () => {
    await late.query('BEGIN');
    await add('late', late);
    const { texts, next } = await read();
    expect(texts).toEqual([]);
    await late.query('COMMIT');
    expect(await readToEnd(next)).toEqual(['late']);
  });

  it('ends a page at 4 MiB', async () => {
    const { next } = await read();
    const long = 'x'.repeat(1_500_000);
    for (let count = 0; count < 4; count += 1) await add(long);
    const page = await read(next);
    expect(page.texts).toHaveLength(2);
    expect((await read(page.next)).texts).toHaveLength(2);
  });

  it(
    'answers who waits as soon as there is something, and asks for all together',
    { tags: ['event-idle'] },
    async () => {
      const { next } = await read();
      const waiting = Array.from({ length: 20 }, () => read(next, { waitMs: 60_000 }));
      await expect.poll(() => looks).toBeGreaterThan(2);
      const looked = looks;
      const begun = performance.now();
      await expect.poll(() => looks).toBeGreaterThan(looked + 5);
      expect((looks - looked) / (performance.now() - begun)).toBeLessThan(6 / 1_000);
      await add('new');
      for (const { texts } of await Promise.all(waiting)) expect(texts).toEqual(['new']);
      const asked = looks;
      await read(next);
      expect(looks).toBe(asked);
    },
  );

  it('answers with nothing when the time is over, the reader is gone or the service ends', async () => {
    const { next } = await read();
    expect((await read(next, { waitMs: 50 })).texts).toEqual([]);
    const reader = new AbortController();
    const left = read(next, { waitMs: 60_000, signal: reader.signal });
    const waiting = read(next, { waitMs: 60_000 });
    reader.abort();
    expect((await left).texts).toEqual([]);
    isEnding = true;
    expect((await waiting).texts).toEqual([]);
    expect((await read(next, { waitMs: 60_000 })).texts).toEqual([]);
  });

  it('fails for who waits when its database fails, and works again with it', async () => {
    const { next } = await read();
    const place = parsePlace(next);
    let isBroken = true;
    const shaky = createEventFeed({
      source: '/tasktracker/notes',
      log: { ...log, newest: () => (isBroken ? Promise.reject(new Error('away')) : log.newest()) },
      readPresent: async () => [],
      isEnding: () => false,
    });
    const request = { after: place, limit: 1, waitMs: 60_000, signal: new AbortController().signal };
    await expect(shaky.read(request)).rejects.toThrow('away');
    isBroken = false;
    const waiting = shaky.read(request);
    await add('new');
    expect((await waiting).body).toContain('"new"');
  });

  it(
    'does not begin in the middle: a place that is older than the log is told so',
    { tags: ['event-feed'] },
    async () => {
      const { next } = await read();
      for (const text of ['a', 'b']) await add(text);
      const { events } = await read(next);
      await log.prune(0, 1);
      await expect(read(next)).rejects.toThrow('older than what is kept');
      expect((await read(events[0]?.position)).texts).toEqual(['b']);
      await expect(read('999999999-0')).rejects.toThrow('older than what is kept');
    },
  );

  it.each(['', 'x', '1', '1-', '1-2-3-4', '-1-2', '1-9999999999999999999', '1-2-x'])('knows no place %j', (text) => {
    expect(parsePlace(text)).toBeUndefined();
  });
});
