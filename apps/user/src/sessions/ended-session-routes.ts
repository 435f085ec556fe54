import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { EndedSessions } from '@tasktracker/contracts';
import { sendWithEtag } from '../etag-answer.ts';
import type { SessionService } from './session-service.ts';

/** What verifiers poll: opaque ids only. The gateway does not route it. */
export const endedSessionRoutes: FastifyPluginAsyncTypebox<{ sessions: SessionService }> = async (
  app,
  { sessions },
) => {
  app.get(
    '/internal/ended-sessions',
    { schema: { operationId: 'listEndedSessions', hide: true } },
    async (request, reply) => {
      const ended = await sessions.listEnded();
      const body: EndedSessions = {
        sessions: ended.map(({ id, accessExpiresAt }) => ({
          sid: id.toString(),
          until: accessExpiresAt.getTime() / 1000,
        })),
      };
      reply.header('cache-control', 'no-cache');
      return sendWithEtag(request, reply, body);
    },
  );
};
