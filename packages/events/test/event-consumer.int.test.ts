import { createTestDatabase, type TestDatabase } from '@tasktracker/embedded-postgres/testing';
import { createPool, heldTransaction, onPool, type DeadlinePool, type RunStatement } from '@tasktracker/postgres';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsumedEvent } from '../src/consumed-event.ts';
import { startConsuming } from '../src/event-consumer.ts';
import type { ConsumerStore, EventHandlers } from '../src/event-handlers.ts';
import { parseEventsCommand, runEventsCommand } from '../src/events-command.ts';
import { PositionExpired, type EventSource } from '../src/event-source.ts';
import { createInbox, type Inbox } from '../src/inbox.ts';

interface Tx {
  readonly inbox: Inbox;
  readonly run: RunStatement;
}
type Consumer = ReturnType<typeof startConsuming>;

let database: TestDatabase;
let pool: DeadlinePool;
let store: ConsumerStore<Tx>;
let running: Consumer[];
/** What the source tells, in its order; an event's position is its place. */
let told: ConsumedEvent[];
let logged: { level: string; message: string }[];

beforeEach(async () => {
  database = await createTestDatabase();
  const silent = { warn: () => undefined, error: () => undefined };
  pool = createPool({ connectionString: database.appUrl, max: 6, applicationName: 'readers', log: silent });
  store = {
    inbox: createInbox(onPool(pool)),
    transaction: (work) => heldTransaction(pool, (run) => work({ inbox: createInbox(run), run })),
  };
  [running, told, logged] = [[], [], []];
});

afterEach(async () => {
  await Promise.all(running.map((consumer) => consumer.stop()));
  await pool.end();
  await database.drop();
});

function tell(subject: string, text: string, type = 'note.written.v1'): ConsumedEvent {
  const place = String(told.length + 1);
  const event = {
    id: `event-${place}`,
    type,
    subject,
    time: '2030-01-02T03:04:05.000Z',
    position: place,
    data: { text },
  };
  told.push(event);
  return event;
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
    signal.addEventListener('abort', () => resolve());
  });

const source: EventSource = {
  name: 'notes',
  async read(after, signal) {
    const events = told.slice(Number(after ?? 0)).slice(0, 3);
    if (events.length === 0) await untilAborted(signal);
    return { events, next: events.at(-1)?.position ?? after ?? '0' };
  },
};

const textOf = ({ data }: ConsumedEvent): string => String(Object(data)['text']);

const hear = (tx: Tx, event: ConsumedEvent) =>
  tx.run({
    name: 'hear',
    text: 'INSERT INTO heard (subject, text) VALUES ($1, $2)',
    values: [event.subject, textOf(event)],
  });

const line = (level: string) => (_facts: object, message: string) => void logged.push({ level, message });

function consume(handlers: EventHandlers<Tx>, from: EventSource = source, by: ConsumerStore<Tx> = store): Consumer {
  const log = { info: line('info'), warn: line('warn'), error: line('error') };
  const consumer = startConsuming({ source: from, store: by, handlers, log, pauseMs: () => 1 });
  running.push(consumer);
  return consumer;
}

const hearing: EventHandlers<Tx> = { 'note.written.v1': { apply: async (tx, event) => void (await hear(tx, event)) } };

async function heard(subject?: string): Promise<string[]> {
  const { rows } = await pool.query<{ subject: string; text: string }>('SELECT subject, text FROM heard ORDER BY id');
  return rows.filter((row) => subject === undefined || row.subject === subject).map(({ text }) => text);
}

async function position(): Promise<string | null | undefined> {
  const { rows } = await pool.query<{ position: string | null }>('SELECT position FROM inbox_positions');
  return rows[0]?.position;
}

async function untilAt(place: number): Promise<void> {
  await expect.poll(position).toBe(String(place));
}

const failing = (attempts: string[]): EventHandlers<Tx> => ({
  'note.written.v1': {
    async apply(tx, event) {
      attempts.push(event.id);
      await hear(tx, event);
      if (textOf(event) === 'poison') throw new Error('cannot be handled');
    },
  },
});

/** Two subjects, each with a poisoned event and a later one. */
async function setAside(): Promise<void> {
  for (const subject of ['notes/1', 'notes/2']) for (const text of ['poison', 'later']) tell(subject, text);
  consume({ 'note.written.v1': { apply: () => Promise.reject(new Error('cannot be handled')) } });
  await untilAt(4);
}

async function runCommand(args: string, handlers = hearing): ReturnType<typeof runEventsCommand> {
  const parsed = parseEventsCommand(args.split(' '));
  if (!parsed) throw new Error(`no command: ${args}`);
  return runEventsCommand(parsed, { store, handlers });
}

const command = async (args: string): Promise<readonly string[]> => (await runCommand(args)).lines;

/** What a pool throws for which too many wait. */
async function overload(): Promise<Error> {
  const results = await Promise.allSettled(Array.from({ length: 400 }, () => pool.query('SELECT 1')));
  const [reason] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  return reason instanceof Error ? reason : new Error('nothing was too much');
}

describe('a consumer', () => {
  it(
    'handles the events of a source in their order, and passes others by',
    { tags: ['events-subject-order'] },
    async () => {
      for (const text of ['a', 'b', 'c', 'd']) tell('notes/1', text);
      tell('notes/1', 'unknown', 'note.praised.v1');
      consume(hearing);
      await untilAt(5);
      tell('notes/2', 'e');
      await untilAt(6);
      expect(await heard()).toEqual(['a', 'b', 'c', 'd', 'e']);
    },
  );

  it('goes on where it was left', async () => {
    tell('notes/1', 'a');
    const first = consume(hearing);
    await untilAt(1);
    await first.stop();
    tell('notes/1', 'b');
    consume(hearing);
    await untilAt(2);
    expect(await heard()).toEqual(['a', 'b']);
  });

  it('applies once what comes again, or comes late', { tags: ['events-once'] }, async () => {
    const events = ['a', 'b', 'c'].map((text) => tell('notes/1', text));
    told = [0, 0, 1, 0, 2, 1, 2]
      .flatMap((index) => events[index] ?? [])
      .map((event, index) => ({ ...event, position: String(index + 1) }));
    consume(hearing);
    await untilAt(7);
    expect(await heard()).toEqual(['a', 'b', 'c']);
  });

  it(
    'keeps nothing of an effect whose transaction did not end, and applies it once then',
    { tags: ['events-once'] },
    async () => {
      for (const text of ['a', 'b', 'c']) tell('notes/1', text);
      const failed = new Set<string>();
      consume({
        'note.written.v1': {
          async apply(tx, event) {
            await hear(tx, event);
            if (failed.has(event.id)) return;
            failed.add(event.id);
            throw new Error('died before the commit');
          },
        },
      });
      await untilAt(3);
      expect(await heard()).toEqual(['a', 'b', 'c']);
    },
  );

  it(
    'loses its connection between effect and commit without losing or doubling anything',
    { tags: ['events-once'] },
    async () => {
      for (const text of ['a', 'b', 'c']) tell('notes/1', text);
      const admin = new Client(database.migrateUrl);
      await admin.connect();
      let cuts = 0;
      consume({
        'note.written.v1': {
          async apply(tx, event) {
            await hear(tx, event);
            if (cuts > 12) return;
            cuts += 1;
            const [own] = await tx.run<{ pid: number }>({
              name: 'pid',
              text: 'SELECT pg_backend_pid() AS pid',
              values: [],
            });
            await pool.query('SELECT pg_terminate_backend($1)', [own?.pid]);
          },
        },
      });
      await untilAt(3);
      await admin.end();
      expect(await heard()).toEqual(['a', 'b', 'c']);
      const { rows } = await pool.query('SELECT FROM inbox_set_aside'); // more than ten cuts: no fault of an event
      expect(rows).toEqual([]);
    },
  );

  it(
    'reads by one process at a time, and by another when it has stopped',
    { tags: ['events-one-reader'] },
    async () => {
      const readers: string[] = [];
      const named = (name: string): EventSource => ({
        name: 'notes',
        read: (after, signal) => (readers.push(name), source.read(after, signal)),
      });
      const first = consume(hearing, named('first'));
      await expect.poll(() => readers.length).toBeGreaterThan(2);
      consume(hearing, named('second'));
      tell('notes/1', 'a');
      await untilAt(1);
      expect(new Set(readers)).toEqual(new Set(['first']));
      await first.stop();
      tell('notes/1', 'b');
      await untilAt(2);
      expect(readers.at(-1)).toBe('second');
      expect(await heard()).toEqual(['a', 'b']);
    },
  );

  it(
    'applies once even where two processes believe that they alone read',
    { tags: ['events-once', 'events-one-reader'] },
    async () => {
      const texts = Array.from({ length: 60 }, (_, index) => `text ${index}`);
      for (const text of texts) tell('notes/1', text);
      const inbox = { ...store.inbox, lead: async () => ({ position: (await position()) ?? null }) };
      await store.inbox.lead('notes', '00000000-0000-4000-8000-000000000000', 1);
      for (let count = 0; count < 3; count += 1) consume(hearing, source, { ...store, inbox });
      await untilAt(60);
      expect(await heard()).toEqual(texts);
    },
  );

  it('does before the transaction what is too long for one, again if need be', async () => {
    const done: string[] = [];
    tell('notes/1', 'a');
    consume({
      'note.written.v1': {
        async prepare(event) {
          done.push(textOf(event));
          if (done.length < 3) throw new Error('not yet');
        },
        apply: async (tx, event) => void (await hear(tx, event)),
      },
    });
    await untilAt(1);
    expect([done, await heard()]).toEqual([['a', 'a', 'a'], ['a']]);
  });

  it('begins anew with what exists when it was away for too long, and says so', async () => {
    tell('notes/1', 'a');
    let isExpired = true;
    await store.inbox.lead('notes', '00000000-0000-4000-8000-000000000000', 0);
    await store.inbox.moveTo('notes', '17');
    consume(hearing, {
      name: 'notes',
      async read(after, signal) {
        if (after === '17' && isExpired) throw new PositionExpired('gone');
        isExpired = false;
        return source.read(after, signal);
      },
    });
    await untilAt(1);
    expect(await heard()).toEqual(['a']);
    expect(logged).toContainEqual({ level: 'error', message: expect.stringContaining('events are missing') });
  });

  it('waits out a source that can tell nothing from its beginning, with one line in the log', async () => {
    tell('notes/1', 'a');
    let failures = 0;
    consume(hearing, {
      name: 'notes',
      async read(after, signal) {
        if ((failures += 1) < 20) throw new PositionExpired('gone');
        return source.read(after, signal);
      },
    });
    await untilAt(1);
    expect(logged.map(({ level }) => level)).not.toContain('error');
  });

  it('waits out a source that is away, with one line in the log for its going and one for its coming', async () => {
    tell('notes/1', 'a');
    let failures = 0;
    consume(hearing, {
      name: 'notes',
      async read(after, signal) {
        if ((failures += 1) < 20) throw new Error('away');
        return source.read(after, signal);
      },
    });
    await untilAt(1);
    await expect.poll(() => logged.map(({ level }) => level)).toEqual(['warn', 'info']);
  });
});

describe('an event that cannot be handled', () => {
  it(
    'is tried ten times and set aside with its error, later ones of its subject with it; others go on',
    { tags: ['events-poisoned', 'events-subject-order'] },
    async () => {
      tell('notes/1', 'before');
      const poison = tell('notes/1', 'poison');
      tell('notes/2', 'other');
      const later = tell('notes/1', 'later');
      const attempts: string[] = [];
      consume(failing(attempts));
      await untilAt(4);
      expect(await heard()).toEqual(['before', 'other']);
      expect(attempts.filter((id) => id === poison.id)).toHaveLength(10);
      const aside = await store.inbox.listSetAside(10);
      expect(aside.map(({ event, error }) => ({ event, error }))).toEqual([
        { event: poison, error: 'Error: cannot be handled' },
        { event: later, error: null },
      ]);
      expect(logged.filter(({ level }) => level === 'error')).toHaveLength(1);
    },
  );

  it('is not one for which the database had no room', { tags: ['events-poisoned'] }, async () => {
    tell('notes/1', 'a');
    let attempts = 0;
    consume({
      'note.written.v1': {
        async apply(tx, event) {
          attempts += 1;
          if (attempts <= 10) throw await overload();
          await hear(tx, event);
        },
      },
    });
    await untilAt(1);
    expect([attempts, await heard()]).toEqual([11, ['a']]);
  });

  it('is applied only when it was prepared, also when its subject is handled again at that moment', async () => {
    tell('notes/1', 'a');
    let isAsked = false;
    const inbox = {
      ...store.inbox,
      async waits() {
        const isFirst = !isAsked;
        isAsked = true;
        return isFirst; // then the operator's command has taken back what waited
      },
    };
    const prepared: string[] = [];
    const handler = {
      prepare: async (event: ConsumedEvent) => void prepared.push(textOf(event)),
      apply: async (tx: Tx, event: ConsumedEvent) => void (await hear(tx, event)),
    };
    consume({ 'note.written.v1': handler }, source, { ...store, inbox });
    await untilAt(1);
    expect([prepared, await heard()]).toEqual([['a'], ['a']]);
  });

  it('has been tried as often when its process was killed in between', async () => {
    tell('notes/1', 'poison');
    const attempts: string[] = [];
    const first = consume(failing(attempts));
    await expect.poll(() => attempts.length).toBeGreaterThan(2);
    await first.stop();
    consume(failing(attempts));
    await untilAt(1);
    // The one that was under way when the first stopped did not count.
    expect([10, 11]).toContain(attempts.length);
  });
});

describe('the command about events that are set aside', () => {
  it('lists them with their errors', { tags: ['events-poisoned'] }, async () => {
    expect(await command('list')).toEqual(['No event is set aside.']);
    await setAside();
    const lines = await command('list');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(
      /^notes\/1 {2}note\.written\.v1 {2}from notes {2}since 20\S+Z {2}Error: cannot be handled$/,
    );
    expect(lines[1]).toMatch(/not tried: one before it waits$/);
  });

  it(
    'handles those of a subject again, in their order, and later events then go their way',
    { tags: ['events-poisoned', 'events-once'] },
    async () => {
      await setAside();
      expect(await command('retry notes/1')).toEqual(['2 handled, 0 still set aside.']);
      expect(await heard()).toEqual(['poison', 'later']);
      await running.pop()?.stop();
      consume(hearing);
      tell('notes/1', 'new');
      tell('notes/2', 'new');
      await untilAt(6);
      expect(await heard()).toEqual(['poison', 'later', 'new']);
      expect(await command('retry')).toEqual(['3 handled, 0 still set aside.']);
      expect(await heard('notes/2')).toEqual(['poison', 'later', 'new']);
      expect(await command('retry')).toEqual(['No such event is set aside.']);
    },
  );

  it('handles what the service sets aside meanwhile, too', { tags: ['events-poisoned'] }, async () => {
    await setAside();
    const outcome = await runCommand('retry notes/1', {
      'note.written.v1': {
        async prepare(event) {
          if (textOf(event) !== 'poison') return;
          tell('notes/1', 'new');
          await untilAt(5);
        },
        apply: async (tx, event) => void (await hear(tx, event)),
      },
    });
    expect(outcome).toEqual({ lines: ['3 handled, 0 still set aside.'], isDone: true });
    expect(await heard()).toEqual(['poison', 'later', 'new']);
  });

  it('leaves a subject at the first that fails again', async () => {
    await setAside();
    const outcome = await runCommand('retry', {
      'note.written.v1': { apply: () => Promise.reject(new Error('still not')) },
    });
    expect(outcome).toEqual({
      lines: [
        expect.stringMatching(/^notes\/1 [^]*\n {2}again: still not$/),
        expect.stringMatching(/^notes\/2 [^]*\n {2}again: still not$/),
        '0 handled, 4 still set aside.',
      ],
      isDone: false,
    });
    expect(await heard()).toEqual([]);
  });

  it('forgets those of a subject', async () => {
    await setAside();
    expect(await command('drop notes/2')).toEqual(['2 dropped.']);
    expect(await command('list')).toHaveLength(2);
    expect(await heard()).toEqual([]);
  });

  it.each(['', 'drop', 'list notes/1', 'retry notes/1 notes/2', 'remove notes/1'])('is not %j', (args) => {
    expect(parseEventsCommand(args === '' ? [] : args.split(' '))).toBeUndefined();
  });
});

describe('the ids of handled events', () => {
  it('are forgotten when they are old, so many at a time', async () => {
    for (const text of ['a', 'b', 'c']) tell('notes/1', text);
    consume(hearing);
    await untilAt(3);
    expect(await store.inbox.prune(1, 10)).toBe(0);
    expect([await store.inbox.prune(0, 2), await store.inbox.prune(0, 2)]).toEqual([2, 1]);
  });
});
