import { createDeadline, withDeadline, type Deadline } from '@tasktracker/deadline';
import fastifyPlugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its caller stops waiting. */
    deadline: Deadline | null;
  }
}

/** Carries the milliseconds that are left, from a client to the gateway and from service to service. */
export const deadlineHeader = 'x-request-deadline-ms';

/**
 * Gives each request `requestTimeoutMs`, or less if its caller asks for less; what waits for a database or another
 * service spends it. Anything but digits in the header is as none.
 */
export const requestDeadlines = fastifyPlugin<{ readonly requestTimeoutMs: number }>(
  (app, { requestTimeoutMs }, done) => {
    app.decorateRequest('deadline', null);
    app.addHook('onRequest', (request, reply, next) => {
      const asked = request.headers[deadlineHeader];
      const milliseconds = typeof asked === 'string' && /^\d{1,9}$/.test(asked) ? Number(asked) : requestTimeoutMs;
      const deadline = createDeadline(Math.min(milliseconds, requestTimeoutMs));
      request.deadline = deadline;
      reply.raw.once('close', () => {
        if (reply.raw.writableFinished) deadline.settle();
        else deadline.abandon();
      });
      withDeadline(deadline, next);
    });
    // Once more: what follows a body runs in the socket's context, not in the one above.
    app.addHook('preValidation', ({ deadline }, _reply, next) => {
      if (deadline === null) next();
      else withDeadline(deadline, next);
    });
    app.addHook('onSend', ({ deadline }, _reply, payload, next) => {
      // A stream still depends on its source.
      if (typeof payload === 'string' || payload === null || Buffer.isBuffer(payload)) deadline?.settle();
      next(null, payload);
    });
    done();
  },
  { name: 'request-deadlines' },
);
