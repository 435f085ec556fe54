import { ValidationFailed } from '@tasktracker/errors';
import { Type } from '@tasktracker/schema';
import type { ServiceApp } from '@tasktracker/service-kit';
import { eventErrors } from './event-errors.ts';
import { createEventFeed, type EventFeedOptions } from './event-feed.ts';
import { oldestPlace, parsePlace, type FeedPlace } from './feed-place.ts';

/** Where each producer has its feed. */
export const feedPath = '/internal/events';
/** The header that says where the next page begins. */
export const nextPositionHeader = 'next-position';

/** Events on a page, unless its reader asks for another number. */
const pageLimit = 100;
/** Left of a request's time when it stops to wait: for the last look and the answer. */
const answerMs = 1_000;

const query = Type.Object({
  after: Type.Optional(
    Type.String({
      description: `the position of the last event that was handled; \`${oldestPlace}\`: all that the log has; none: what exists first`,
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 30, description: 'seconds' })),
});

/** `GET /internal/events`, for the scope of services with `events:read`. */
export async function eventFeedRoutes(app: ServiceApp, options: Omit<EventFeedOptions, 'isEnding'>): Promise<void> {
  const feed = createEventFeed({ ...options, isEnding: () => app.isDraining() });
  app.get(
    feedPath,
    {
      logLevel: 'warn', // each consumer asks every few seconds: no line in the log for that
      schema: { operationId: 'readEvents', querystring: query, problems: [eventErrors.CURSOR_EXPIRED] },
    },
    async (request, reply) => {
      const { after, limit = pageLimit, wait = 0 } = request.query;
      const { deadline } = request;
      const signal = deadline?.signal ?? AbortSignal.timeout(0);
      const waitMs = Math.min(wait * 1_000, (deadline?.remainingMs() ?? 0) - answerMs);
      const { body, next } = await feed.read({ after: toPlace(after), limit, waitMs, signal });
      reply.type('application/cloudevents-batch+json; charset=utf-8').header('cache-control', 'no-store');
      return reply.header(nextPositionHeader, next).send(body);
    },
  );
}

function toPlace(after: string | undefined): FeedPlace | typeof oldestPlace | undefined {
  if (after === undefined || after === oldestPlace) return after;
  const place = parsePlace(after);
  if (place !== undefined) return place;
  const detail = 'after is not the position of an event';
  throw new ValidationFailed([{ in: 'query', pointer: '/after', code: 'invalid', detail }]);
}
