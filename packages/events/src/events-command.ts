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

interface Outcome {
  /** To show. */
  readonly lines: readonly string[];
  /** False if an event that was meant could not be handled. */
  readonly isDone: boolean;
}

/** Does what the command says, beside the service that runs. */
export async function runEventsCommand<Tx extends { readonly inbox: Inbox }>(
  command: EventsCommand,
  { store, handlers }: EventsCommandOptions<Tx>,
): Promise<Outcome> {
  const all = await store.inbox.listSetAside(mostEvents);
  if (command.action === 'list') return done(...(all.length === 0 ? ['No event is set aside.'] : all.map(describe)));
  const isMeant = ({ event }: SetAside): boolean => command.subject === undefined || command.subject === event.subject;
  const meant = all.filter(isMeant);
  if (meant.length === 0) return done('No such event is set aside.');
  return command.action === 'drop' ? drop(meant, isMeant, store) : retry(isMeant, { store, handlers });
}

async function drop<Tx extends { readonly inbox: Inbox }>(
  meant: readonly SetAside[],
  isMeant: (aside: SetAside) => boolean,
  store: ConsumerStore<Tx>,
): Promise<Outcome> {
  let dropped = 0;
  for (const source of new Set(meant.map((aside) => aside.source))) {
    await store.transaction(async ({ inbox }) => {
      await inbox.hold(source); // or the service would set one more aside, behind those that go
      const waiting = (await inbox.listSetAside(mostEvents)).filter((each) => each.source === source && isMeant(each));
      for (const { place } of waiting) if (await inbox.takeBack(place)) dropped += 1;
    });
  }
  return done(`${dropped} dropped.`);
}

async function retry<Tx extends { readonly inbox: Inbox }>(
  isMeant: (aside: SetAside) => boolean,
  options: EventsCommandOptions<Tx>,
): Promise<Outcome> {
  const stuck = new Set<string>();
  const lines: string[] = [];
  let handled = 0;
  const meant = async (): Promise<SetAside[]> => (await options.store.inbox.listSetAside(mostEvents)).filter(isMeant);
  const rest = async (): Promise<SetAside[]> => (await meant()).filter((aside) => !stuck.has(aboutOf(aside)));
  // Until there is none: the service sets aside what comes meanwhile about a subject that waits.
  for (let events = await rest(); events.length > 0; events = await rest()) {
    for (const aside of events) {
      if (stuck.has(aboutOf(aside))) continue;
      try {
        await handleAgain(aside, options);
        handled += 1;
      } catch (error) {
        stuck.add(aboutOf(aside));
        lines.push(`${describe(aside)}\n  again: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  const left = (await meant()).length;
  return { lines: [...lines, `${handled} handled, ${left} still set aside.`], isDone: stuck.size === 0 };
}

const done = (...lines: string[]): Outcome => ({ lines, isDone: true });

const aboutOf = ({ source, event }: SetAside): string => `${source} ${event.subject}`;

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
