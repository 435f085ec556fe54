import type { Socket } from 'node:net';
import fastifyPlugin from 'fastify-plugin';
import { dropRest, isStillArriving, mayBeTaken } from './unread-bodies.ts';

const connectionLifetimeMs = 30_000;

/**
 * Answers say `Connection: close` while draining, and on connections older than 30 s, so that new pods get their share
 * and a keep-alive client never writes into a socket that is about to go.
 */
export const connections = fastifyPlugin(
  (app, _options, done) => {
    const openedAt = new WeakMap<Socket, number>();
    app.server.on('connection', (socket: Socket) => openedAt.set(socket, performance.now()));
    app.addHook('onSend', (request, reply, payload, next) => {
      const opened = openedAt.get(request.raw.socket);
      const isOld = opened !== undefined && performance.now() - opened > connectionLifetimeMs;
      // Fastify closes when it refuses a body. A client that still sends it would be cut off and never read why.
      if (isStillArriving(request.raw)) {
        if (mayBeTaken(request.raw)) reply.removeHeader('connection');
        else reply.header('connection', 'close');
        dropRest(request.raw, reply.raw);
      } else if (isOld || app.isDraining()) reply.header('connection', 'close');
      next(null, payload);
    });
    done();
  },
  { name: 'connections' },
);
