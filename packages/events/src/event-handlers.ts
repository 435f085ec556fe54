import type { ConsumedEvent } from './consumed-event.ts';
import type { Inbox } from './inbox.ts';

/** What is to be done about events of one type. What it throws is tried again, ten times; then the event is set aside. */
export interface EventHandler<Tx> {
  /**
   * Before the transaction: what is too long for one, in transactions of its own. It may be done again from its beginning, and by
   * two processes at a time. The signal aborts when the service ends.
   */
  readonly prepare?: (event: ConsumedEvent, signal: AbortSignal) => Promise<void>;
  /** In the transaction in which the event is noted as handled: its effect is there exactly once. */
  readonly apply: (tx: Tx, event: ConsumedEvent) => Promise<void>;
}

/** By the type of the event. Others pass by. */
export type EventHandlers<Tx> = Readonly<Record<string, EventHandler<Tx>>>;

/** What a service that consumes stores. */
export interface ConsumerStore<Tx extends { readonly inbox: Inbox }> {
  readonly inbox: Inbox;
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Another process has moved on in the same source. */
export class MovedOn extends Error {
  override readonly name = 'MovedOn';

  constructor() {
    super('another process has moved on in this source');
  }
}

interface Place {
  readonly source: string;
  /** Where the reader is. */
  readonly from: string | null;
}

/** Handles an event, once: its effect, its id and the new position are committed together. Throws MovedOn, and what the handler throws. */
export async function handleEvent<Tx extends { readonly inbox: Inbox }>(
  store: ConsumerStore<Tx>,
  handler: EventHandler<Tx>,
  event: ConsumedEvent,
  { source, from, signal }: Place & { readonly signal: AbortSignal },
): Promise<void> {
  const isPrepared = handler.prepare === undefined || !(await store.inbox.waits(source, event.subject));
  if (isPrepared) await handler.prepare?.(event, signal);
  await store.transaction(async (tx) => {
    await holdAt(tx.inbox, { source, from });
    if (await tx.inbox.takeIn(source, event.id)) {
      if (await tx.inbox.waits(source, event.subject)) await tx.inbox.setAside(source, event, null);
      else if (isPrepared) await handler.apply(tx, event);
      else throw new MovedOn(); // the operator's command has, with all that waited before it
    }
    await tx.inbox.moveTo(source, event.position);
  });
}

/** Sets an event aside that cannot be handled, and goes on behind it. Throws MovedOn. */
export async function giveUpOn<Tx extends { readonly inbox: Inbox }>(
  store: ConsumerStore<Tx>,
  event: ConsumedEvent,
  error: string,
  { source, from }: Place,
): Promise<void> {
  await store.transaction(async ({ inbox }) => {
    await holdAt(inbox, { source, from });
    if (await inbox.takeIn(source, event.id)) await inbox.setAside(source, event, error);
    await inbox.moveTo(source, event.position);
  });
}

/** Goes on to a place without an effect. Throws MovedOn. */
export async function passBy<Tx extends { readonly inbox: Inbox }>(
  store: ConsumerStore<Tx>,
  to: string | null,
  { source, from }: Place,
): Promise<void> {
  await store.transaction(async ({ inbox }) => {
    await holdAt(inbox, { source, from });
    await inbox.moveTo(source, to);
  });
}

async function holdAt(inbox: Inbox, { source, from }: Place): Promise<void> {
  if ((await inbox.hold(source)) !== from) throw new MovedOn();
}
