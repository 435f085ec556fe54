import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Ways in which a service is dead. */
export const deaths = ['refuses', 'hangs', 'resets'] as const;
export type Death = (typeof deaths)[number];

export interface DeadUpstream {
  readonly port: number;
  /** Requests whose head has come; nothing comes to one that refuses. */
  requests(): number;
  close(): Promise<void>;
}

export async function openDeadUpstream(death: Death): Promise<DeadUpstream> {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests += 1; // a GET comes in one piece
      if (death === 'resets') socket.resetAndDestroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  if (death === 'refuses') await close(server);
  return { port: address.port, requests: () => requests, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}
