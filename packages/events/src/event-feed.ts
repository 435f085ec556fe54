import type { EventLog, LoggedEvent } from './event-log.ts';
import { oldestPlace, toPlaceText, type FeedPlace } from './feed-place.ts';
import { createHeadWatch } from './head-watch.ts';

/** Something that exists, told as the event that made it. */
type PresentEvent = Omit<LoggedEvent, 'at'> & {
  /** Greater than that of those told before. */
  readonly key: bigint;
};

/** What exists beyond a key, in the order of keys, `limit` at most. */
export type ReadPresent = (after: bigint, limit: number) => Promise<readonly PresentEvent[]>;

interface FeedPage {
  /** CloudEvents 1.0 in the JSON batch format; each says its place as the attribute `position`. */
  readonly body: string;
  /** Where the next page begins. */
  readonly next: string;
}

interface FeedRequest {
  /** Undefined: from the present state on; `oldest`: all that the log has, and nothing of the state. */
  readonly after: FeedPlace | typeof oldestPlace | undefined;
  readonly limit: number;
  /** How long to wait where there is nothing more yet. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface EventFeed {
  /** Throws CursorExpired for a place in the log that is older than what is kept. */
  read(request: FeedRequest): Promise<FeedPage>;
}

export interface EventFeedOptions {
  /** Of all its events, such as `/tasktracker/user`. */
  readonly source: string;
  readonly log: Pick<EventLog, 'present' | 'readAll' | 'newest' | 'oldest'>;
  readonly readPresent: ReadPresent;
  /** Whether the service is draining: then nobody waits. */
  readonly isEnding: () => boolean;
}

/** A page ends here, though never before its first event; with `limit` it bounds what a reader holds. */
const pageBytes = 4_194_304;

/**
 * What a service tells: what exists, then what has happened since that began. So a consumer that begins with nothing misses
 * nothing, and is told some of it twice.
 */
export function createEventFeed({ source, log, readPresent, isEnding }: EventFeedOptions): EventFeed {
  const watch = createHeadWatch({ newest: () => log.newest(), isEnding });
  const origin = JSON.stringify(source);

  function toPage(events: readonly (LoggedEvent & { place: FeedPlace })[], end: FeedPlace): FeedPage {
    const texts: string[] = [];
    let bytes = 0;
    let next = end;
    for (const event of events) {
      const text = toCloudEvent(event, origin);
      bytes += Buffer.byteLength(text);
      if (bytes > pageBytes && texts.length > 0) return { body: `[${texts.join(',')}]`, next: toPlaceText(next) };
      texts.push(text);
      next = event.place;
    }
    return { body: `[${texts.join(',')}]`, next: toPlaceText(end) };
  }

  async function readState(place: FeedPlace, limit: number): Promise<FeedPage> {
    const { log: from, key = 0n } = place;
    const present = await readPresent(key, limit);
    const events = present.map((event) => ({ ...event, at: from, place: { log: from, key: event.key } }));
    const last = events.at(-1);
    return toPage(events, last === undefined || events.length < limit ? { log: from } : last.place);
  }

  return {
    async read({ after, limit, waitMs, signal }) {
      // Its end is asked for before the state is read: what is committed in between is told by both.
      if (after === undefined) return readState({ log: await log.present(), key: 0n }, limit);
      if (after !== oldestPlace && after.key !== undefined) return readState(after, limit);
      const from = after === oldestPlace ? await log.oldest() : after.log;
      const readLog = async () =>
        (await log.readAll(from, limit)).map((event) => ({ ...event, place: { log: event.at } }));
      let events = await readLog();
      if (events.length === 0 && waitMs > 0 && !isEnding()) {
        await watch.untilBeyond(from, AbortSignal.any([signal, AbortSignal.timeout(waitMs)]));
        events = await readLog();
      }
      return toPage(events, events.at(-1)?.place ?? { log: from });
    },
  };
}

function toCloudEvent(
  { id, type, subject, time, data, place }: LoggedEvent & { place: FeedPlace },
  origin: string,
): string {
  const named = `"id":"${id}","source":${origin},"type":${JSON.stringify(type)},"subject":${JSON.stringify(subject)}`;
  const told = `"time":"${time}","datacontenttype":"application/json","position":"${toPlaceText(place)}"`;
  return `{"specversion":"1.0",${named},${told},"data":${data}}`;
}
