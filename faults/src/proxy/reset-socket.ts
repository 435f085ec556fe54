import type { Socket } from 'node:net';

/**
 * Resets a connection, or just closes it while its end is under way: libuv refuses to reset such a one, and Node then never
 * closes its handle, which keeps the process from ending.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
