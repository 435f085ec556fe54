import { Type, Value } from '@tasktracker/schema';
import { createUpstream, readWhole, UnexpectedAnswer, type ServiceTokens } from '@tasktracker/service-client';
import { deadlineHeader } from '@tasktracker/service-kit';
import { ConsumedEvent } from './consumed-event.ts';
import { PositionExpired, type EventSource } from './event-source.ts';
import { feedPath, nextPositionHeader } from './event-feed-routes.ts';
import { oldestPlace } from './feed-place.ts';

interface FeedClientOptions {
  /** The service that tells the events: `user`. */
  readonly name: string;
  /** `http://host:port` */
  readonly origin: string;
  readonly tokens: Pick<ServiceTokens, 'token' | 'forget'>;
  /**
   * What a consumer without a place is told first: what exists; or, if it has rows of its own already and must hear what
   * went, all that the log has.
   */
  readonly beginsWith: 'state' | 'log';
}

interface FeedClient extends EventSource {
  close(): Promise<void>;
}

/** Events of a page. */
const limit = 100;
/** How long the service waits for an event, in seconds. Shorter than a lease, so that who leads says so in time. */
const waitSeconds = 5;
const timeoutMs = 9_000;
/** A page of 4 MiB, or one event beyond it, and what is around it. */
const largestAnswerBytes = 16 * 1_024 * 1_024;

/** The feed of a service over HTTP. Connects with the first read. */
export function createFeedClient({ name, origin, tokens, beginsWith }: FeedClientOptions): FeedClient {
  const upstream = createUpstream({ origin, maxConnections: 2, maxWaiting: 2 });
  return {
    name,
    async read(after, stop) {
      const from = after ?? (beginsWith === 'log' ? oldestPlace : undefined);
      const place = from === undefined ? '' : `&after=${encodeURIComponent(from)}`;
      const authorization = `Bearer ${await unlessStopped(tokens.token(), stop)}`;
      const { statusCode, headers, body } = await upstream.request({
        method: 'GET',
        path: `${feedPath}?limit=${limit}&wait=${waitSeconds}${place}`,
        headers: { authorization, [deadlineHeader]: String(timeoutMs) },
        signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
      });
      const bytes = await readWhole(body, largestAnswerBytes);
      if (statusCode === 410) throw new PositionExpired('the feed begins later');
      if (statusCode === 401) tokens.forget();
      const next = headers[nextPositionHeader];
      if (statusCode !== 200 || typeof next !== 'string') throw new UnexpectedAnswer(feedPath, statusCode);
      return { events: Value.Parse(Type.Array(ConsumedEvent), JSON.parse(bytes.toString('utf8'))), next };
    },
    close: () => upstream.close(),
  };
}

/** A token may take its service ten seconds: longer than a process has to end. */
function unlessStopped(work: Promise<string>, stop: AbortSignal): Promise<string> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(stop.reason);
  stop.addEventListener('abort', onAbort);
  if (stop.aborted) onAbort();
  return Promise.race([work, promise]).finally(() => stop.removeEventListener('abort', onAbort));
}
