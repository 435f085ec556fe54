import { toDatabaseProblem } from '@tasktracker/postgres';
import { repeat } from '@tasktracker/service-kit';
import type { ConsumedEvent } from './consumed-event.ts';
import { giveUpOn, handleEvent, MovedOn, passBy, type ConsumerStore, type EventHandlers } from './event-handlers.ts';
import { PositionExpired, type EventPage, type EventSource } from './event-source.ts';
import type { Inbox } from './inbox.ts';

export interface RoundOptions<Tx extends { readonly inbox: Inbox }> {
  readonly source: EventSource;
  readonly store: ConsumerStore<Tx>;
  readonly handlers: EventHandlers<Tx>;
  readonly log: { error(facts: object, message: string): void };
}

interface Reader {
  /** Unique among all processes. */
  readonly leader: string;
  readonly signal: AbortSignal;
}

/** An event that will be tried again; its cause is what was thrown. */
export class EventFailed extends Error {
  override readonly name = 'EventFailed';
  readonly failures: number;

  constructor(failures: number, cause: unknown) {
    super('an event could not be handled', { cause });
    this.failures = failures;
  }
}

const mostFailures = 10;
/** Another process takes over so long after this one has died. */
const leaseMs = 6_000;
const renewMs = 2_000;
/** Of those who don't lead, between two tries. */
const followMs = 2_000;
/** After an answer without events, in which the source may not have waited: it is stopping. */
const leastRoundMs = 100;

/** Reads one page and handles it, if no other process reads; gives how long to wait then. Throws EventFailed, and what else fails. */
export function createRound<Tx extends { readonly inbox: Inbox }>(
  options: RoundOptions<Tx>,
  { leader, signal }: Reader,
): () => Promise<number> {
  const { source, store, log } = options;
  const lead = () => store.inbox.lead(source.name, leader, leaseMs);
  const renew = async (): Promise<void> => {
    await lead().catch(() => undefined); // the next round finds out
  };

  async function readFrom(position: string | null): Promise<number> {
    try {
      const page = await source.read(position, signal);
      await handlePage(options, position, page, signal);
      return page.events.length === 0 ? leastRoundMs : 0;
    } catch (error) {
      if (!(error instanceof PositionExpired) || position === null) throw error; // or it would begin anew without a pause
      log.error({ source: source.name }, 'events are missing: they were not read for too long; reading begins anew');
      await passBy(store, null, { source: source.name, from: position });
      return 0;
    }
  }

  return async () => {
    const led = await lead();
    if (led === undefined) return followMs;
    const renewing = repeat({ work: renew, firstInMs: renewMs, pauseMs: () => renewMs });
    try {
      return await readFrom(led.position);
    } finally {
      await renewing.stop();
    }
  };
}

async function handlePage<Tx extends { readonly inbox: Inbox }>(
  options: RoundOptions<Tx>,
  from: string | null,
  { events, next }: EventPage,
  signal: AbortSignal,
): Promise<void> {
  const { source, store, handlers } = options;
  let at = from;
  for (const event of events) {
    const handler = handlers[event.type];
    if (handler === undefined) continue;
    if (signal.aborted) return;
    try {
      await handleEvent(store, handler, event, { source: source.name, from: at, signal });
    } catch (error) {
      // Unless what is wrong is not the event.
      if (signal.aborted || error instanceof MovedOn || toDatabaseProblem(error) !== undefined) throw error;
      await noteFailure(options, event, error, at);
    }
    at = event.position;
  }
  if (next !== at) await passBy(store, next, { source: source.name, from: at });
}

/** Throws EventFailed until there were too many. */
async function noteFailure<Tx extends { readonly inbox: Inbox }>(
  { source, store, log }: RoundOptions<Tx>,
  event: ConsumedEvent,
  error: unknown,
  from: string | null,
): Promise<void> {
  const failures = await store.inbox.noteFailure(source.name, event.id);
  if (failures < mostFailures) throw new EventFailed(failures, error);
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  await giveUpOn(store, event, words, { source: source.name, from });
  log.error(
    { source: source.name, event_id: event.id, type: event.type, subject: event.subject, err: error },
    'an event cannot be handled: it is set aside, with later ones about its subject',
  );
}
