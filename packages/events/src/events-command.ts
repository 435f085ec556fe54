import type { ConsumerStore, EventHandlers } from './event-handlers.ts';
import type { Inbox, SetAside } from './inbox.ts';

/** What the arguments mean. */
export type EventsCommand =
  | { readonly action: 'list' }
  | { readonly action: 'retry'; readonly subject: string | undefined }
  | { readonly action: 'drop'; readonly subject: string };

export const eventsUsage = `Usage: events list | retry [SUBJECT] | drop SUBJECT
  list    the events that could not be handled, the oldest first
  retry   handles those about SUBJECT again, or all, in their order
  drop    forgets those about SUBJECT
SUBJECT is what an event is about, such as accounts/17.`;

/** Undefined for what is not a command. */
export function parseEventsCommand(args: readonly string[]): EventsCommand | undefined {
  const [action, subject, ...rest] = args;
  if (rest.length > 0) return undefined;
  if (action === 'list' && subject === undefined) return { action };
  if (action === 'retry') return { action, subject };
  return action === 'drop' && subject !== undefined ? { action, subject } : undefined;
}

interface EventsCommandOptions<Tx extends { readonly inbox: Inbox }> {
  readonly store: ConsumerStore<Tx>;
  readonly handlers: EventHandlers<Tx>;
}

/** As many as a person looks at. */
const mostEvents = 1_000;

/** Does what the command says, beside the service that runs, and gives the lines to show. */
export async function runEventsCommand<Tx extends { readonly inbox: Inbox }>(
  command: EventsCommand,
  { store, handlers }: EventsCommandOptions<Tx>,
): Promise<string[]> {
  const all = await store.inbox.listSetAside(mostEvents);
  if (command.action === 'list') return all.length === 0 ? ['No event is set aside.'] : all.map(describe);
  const meant = all.filter(({ event }) => command.subject === undefined || command.subject === event.subject);
  if (meant.length === 0) return ['No such event is set aside.'];
  if (command.action === 'drop') {
    for (const { place } of meant) await store.inbox.takeBack(place);
    return [`${meant.length} dropped.`];
  }
  return retry(meant, { store, handlers });
}

async function retry<Tx extends { readonly inbox: Inbox }>(
  events: readonly SetAside[],
  options: EventsCommandOptions<Tx>,
): Promise<string[]> {
  const stuck = new Set<string>();
  const lines: string[] = [];
  let handled = 0;
  for (const aside of events) {
    const about = `${aside.source} ${aside.event.subject}`;
    if (stuck.has(about)) continue;
    try {
      await handleAgain(aside, options);
      handled += 1;
    } catch (error) {
      stuck.add(about);
      lines.push(`${describe(aside)}\n  again: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return [...lines, `${handled} handled, ${events.length - handled} still set aside.`];
}

async function handleAgain<Tx extends { readonly inbox: Inbox }>(
  { place, source, event }: SetAside,
  { store, handlers }: EventsCommandOptions<Tx>,
): Promise<void> {
  const handler = handlers[event.type];
  await handler?.prepare?.(event, new AbortController().signal);
  await store.transaction(async (tx) => {
    // The service, which would set a further event of the subject aside, waits for whether there is still one before it.
    await tx.inbox.hold(source);
    if (await tx.inbox.takeBack(place)) await handler?.apply(tx, event);
  });
}

function describe({ source, event, error, since }: SetAside): string {
  const why = error ?? 'not tried: one before it waits';
  return `${event.subject}  ${event.type}  from ${source}  since ${since}  ${why}`;
}
