import { addScope, createLogger, createServiceApp, internalScope, type ServiceApp } from '@tasktracker/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PositionExpired } from '../src/event-source.ts';
import { CursorExpired } from '../src/event-errors.ts';
import { createFeedClient, eventFeedRoutes, type LogPosition } from '../src/events.ts';
import { isAfter } from '../src/log-position.ts';

let app: ServiceApp;
let origin: string;
/** The log: an event's horizon is its place. */
let texts: string[];
let isExpired: boolean;
let forgotten: number;
let client: ReturnType<typeof createFeedClient>;
const stop = new AbortController().signal;

const at = (index: number): LogPosition => ({ horizon: BigInt(index + 1), position: 0n });

beforeAll(async () => {
  const log = createLogger('notes', 'silent');
  app = await createServiceApp({ serviceName: 'notes', description: '', log, isReady: async () => true });
  await addScope(app, internalScope, (scope) =>
    scope.register(eventFeedRoutes, {
      source: '/tasktracker/notes',
      readPresent: async () => [],
      log: {
        present: async () => at(texts.length),
        oldest: async () => at(-1),
        newest: async () => at(texts.length - 1),
        async readAll(after, limit) {
          if (isExpired) throw new CursorExpired();
          const events = texts
            .map((text, index) => ({ text, at: at(index) }))
            .filter((event) => isAfter(event.at, after));
          const facts = { type: 'note.written.v1', subject: 'notes/1', time: '2030-01-02T03:04:05.000Z' };
          return events.slice(0, limit).map((event) => ({
            ...facts,
            id: `id-${event.text.replace(/\W/g, '')}`,
            data: JSON.stringify({ text: event.text }),
            at: event.at,
          }));
        },
      },
    }),
  );
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

beforeEach(() => {
  [texts, isExpired, forgotten] = [[], false, 0];
  const tokens = { token: async () => 'a token', forget: () => void (forgotten += 1) };
  client = createFeedClient({ name: 'notes', origin, tokens, beginsWith: 'state' });
});
afterEach(() => client.close());

describe('a feed over HTTP', () => {
  it(
    'gives events with what a consumer needs of them, and the place behind them',
    { tags: ['event-feed'] },
    async () => {
      texts = ['a'];
      const begun = await client.read(null, stop);
      expect(begun).toEqual({ events: [], next: '2-0' });
      texts = ['a', 'ä "b"', 'c'];
      const { events, next } = await client.read('1-0', stop);
      expect(events.map(({ id, position, data }) => [id, position, data])).toEqual([
        ['id-b', '2-0', { text: 'ä "b"' }],
        ['id-c', '3-0', { text: 'c' }],
      ]);
      expect(next).toBe('3-0');
    },
  );

  it('waits for an event that comes', { tags: ['event-feed'] }, async () => {
    const waiting = client.read('1-0', stop);
    texts = ['a', 'b'];
    expect((await waiting).events).toHaveLength(1);
  });

  it('begins with all that the log has where what exists is no news', { tags: ['event-bootstrap'] }, async () => {
    texts = ['a', 'b'];
    const tokens = { token: async () => 'a token', forget: () => undefined };
    const own = createFeedClient({ name: 'notes', origin, tokens, beginsWith: 'log' });
    const { events, next } = await own.read(null, stop);
    expect([events.map(({ position }) => position), next]).toEqual([['1-0', '2-0'], '2-0']);
    expect((await own.read('1-0', stop)).events).toHaveLength(1);
    await own.close();
  });

  it('waits for no token when it is to stop', async () => {
    const stopping = new AbortController();
    const tokens = { token: () => new Promise<string>(() => undefined), forget: () => undefined };
    const waiting = createFeedClient({ name: 'notes', origin, tokens, beginsWith: 'state' }).read(
      null,
      stopping.signal,
    );
    stopping.abort();
    await expect(waiting).rejects.toThrow('aborted');
  });

  it('stops waiting when it is to stop', async () => {
    const stopping = new AbortController();
    const waiting = client.read('1-0', stopping.signal);
    stopping.abort();
    await expect(waiting).rejects.toThrow('Service unavailable');
  });

  it('says that events are missing, apart from all other failures', async () => {
    isExpired = true;
    await expect(client.read('1-0', stop)).rejects.toThrow(PositionExpired);
    await expect(client.read('no place', stop)).rejects.not.toThrow(PositionExpired);
    expect(forgotten).toBe(0);
  });
});
