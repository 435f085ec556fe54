import { endedSessionChangesSuffix, endedSessionsPath, type EndedSessions } from '@tasktracker/contracts';
import { sendTagged, type ServiceApp } from '@tasktracker/service-kit';
import { Type } from '@tasktracker/schema';
import { formatCursor, parseCursor } from './ended-session-cursor.ts';
import type { SessionService } from './session-service.ts';

/** What verifiers poll: opaque ids only. The gateway does not route it. */
export async function endedSessionRoutes(app: ServiceApp, { sessions }: { sessions: SessionService }): Promise<void> {
  app.get(
    endedSessionsPath + endedSessionChangesSuffix,
    {
      logLevel: 'warn', // each verifier asks every few seconds: no line in the log for that
      schema: {
        operationId: 'listEndedSessionChanges',
        querystring: Type.Object({ cursor: Type.Optional(Type.String()) }),
      },
    },
    async (request, reply) => {
      const { cursor } = request.query;
      const { ended, next, hasMore } = await sessions.endedSince(
        cursor === undefined ? undefined : parseCursor(cursor),
      );
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
      return `{"ended":${ended},"next_cursor":"${formatCursor(next)}","has_more":${hasMore}}`;
    },
  );

  // For verifiers of the release before, while it may still run beside this one; to be removed in the next.
  app.get(
    endedSessionsPath,
    { logLevel: 'warn', schema: { operationId: 'listEndedSessions' } },
    async (request, reply) => {
      const ended = await sessions.listEnded();
      const body: EndedSessions = {
        sessions: ended.map(({ id, accessExpiresAt }) => ({
          sid: id.toString(),
          until: accessExpiresAt.getTime() / 1000,
        })),
      };
      reply.header('cache-control', 'no-cache');
      return sendTagged(request, reply, JSON.stringify(body));
    },
  );
}
