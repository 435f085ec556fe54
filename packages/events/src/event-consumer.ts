import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '@tasktracker/postgres';
import { repeat, type Repetition } from '@tasktracker/service-kit';
import type { ConsumedEvent } from './consumed-event.ts';
import { giveUpOn, handleEvent, MovedOn, passBy, type ConsumerStore, type EventHandlers } from './event-handlers.ts';
import type { Inbox } from './inbox.ts';

/** Where events come from. */
export interface EventSource {
  /** The name of the service that tells them. */
  readonly name: string;
  /**
   * What comes after a position, which may be waited for for some seconds, and where it ends. Throws PositionExpired where
   * something is missing.
   */
  read(
    after: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly events: readonly ConsumedEvent[]; readonly next: string }>;
}

/** Events after the position are no longer told. */
export class PositionExpired extends Error {
  override readonly name = 'PositionExpired';
}

interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

interface ConsumerOptions<Tx extends { readonly inbox: Inbox }> {
  readonly source: EventSource;
  readonly store: ConsumerStore<Tx>;
  readonly handlers: EventHandlers<Tx>;
  readonly log: Log;
  /** How long to wait after so many failures in a row. */
  readonly pauseMs?: (failures: number) => number;
}

const mostFailures = 10;
/** Another process takes over so long after this one has died. */
const leaseMs = 6_000;
const renewMs = 2_000;
/** Of those who don't lead, between two tries. */
const followMs = 2_000;
/** After an answer without events, in which the source may not have waited: it is stopping. */
const leastRoundMs = 100;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Twice as long each time, and random, so that many don't come together. */
function usualPauseMs(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

/**
 * Handles the events of a source in their order, from where it was left, until stopped. Of several processes one does. `stop`
 * resolves when the transaction that is under way has ended.
 */
export function startConsuming<Tx extends { readonly inbox: Inbox }>(options: ConsumerOptions<Tx>): Repetition {
  const { source, store, handlers, log, pauseMs = usualPauseMs } = options;
  const leader = randomUUID();
  const stopping = new AbortController();
  const { signal } = stopping;
  const facts = { source: source.name };
  const lead = () => store.inbox.lead(source.name, leader, leaseMs);

  async function failed(event: ConsumedEvent, error: unknown, from: string | null): Promise<void> {
    // What is wrong is not the event.
    if (signal.aborted || error instanceof MovedOn || isDatabaseUnavailable(error)) throw error;
    const failures = await store.inbox.noteFailure(source.name, event.id);
    const about = { ...facts, event_id: event.id, type: event.type, subject: event.subject, err: error };
    if (failures < mostFailures) throw new EventFailed(failures, error);
    await giveUpOn(store, event, wordsOf(error), { source: source.name, from });
    log.error(about, 'an event cannot be handled: it is set aside, with later ones about its subject');
  }

  async function handlePage(
    from: string | null,
    { events, next }: Awaited<ReturnType<EventSource['read']>>,
  ): Promise<void> {
    let at = from;
    for (const event of events) {
      const handler = handlers[event.type];
      if (handler === undefined) continue;
      if (signal.aborted) return;
      const place = { source: source.name, from: at, signal };
      await handleEvent(store, handler, event, place).catch((error: unknown) => failed(event, error, at));
      at = event.position;
    }
    if (next !== at) await passBy(store, next, { source: source.name, from: at });
  }

  async function beginAnew(from: string | null): Promise<void> {
    log.error(facts, 'events are missing: they were not read for too long; what exists is read anew');
    await passBy(store, null, { source: source.name, from });
  }

  /** Gives how long to wait before the next. */
  async function round(): Promise<number> {
    const led = await lead();
    if (led === undefined) return followMs;
    const keepLead = repeat({
      work: async () => void (await lead().catch(() => undefined)),
      firstInMs: renewMs,
      pauseMs: () => renewMs,
    });
    try {
      const page = await source.read(led.position, signal);
      await handlePage(led.position, page);
      return page.events.length === 0 ? leastRoundMs : 0;
    } catch (error) {
      if (!(error instanceof PositionExpired)) throw error;
      await beginAnew(led.position);
      return 0;
    } finally {
      await keepLead.stop();
    }
  }

  async function consume(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await round();
        if (failures > 0) log.info(facts, 'events are handled again');
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        failures = error instanceof EventFailed ? error.failures : failures + 1;
        const cause = error instanceof EventFailed ? error.cause : error;
        if (failures === 1) log.warn({ ...facts, err: cause }, 'events could not be handled; they will be tried again');
        waitMs = pauseMs(failures);
      }
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
    await store.inbox.release(source.name, leader).catch(() => undefined);
  }

  const consuming = consume();
  return {
    stop() {
      stopping.abort();
      return consuming;
    },
  };
}

/** An event that will be tried again; its cause is what was thrown. */
class EventFailed extends Error {
  override readonly name = 'EventFailed';
  readonly failures: number;

  constructor(failures: number, cause: unknown) {
    super('an event could not be handled', { cause });
    this.failures = failures;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
