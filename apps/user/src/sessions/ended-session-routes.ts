import { endedSessionsPath, type EndedSessions } from '@tasktracker/contracts';
import { sendTagged, type ServiceApp } from '@tasktracker/service-kit';
import type { SessionService } from './session-service.ts';

/** What verifiers poll: opaque ids only. The gateway does not route it. */
export async function endedSessionRoutes(app: ServiceApp, { sessions }: { sessions: SessionService }): Promise<void> {
  app.get(
    endedSessionsPath,
    // Each verifier asks every few seconds: no line in the log for that.
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
