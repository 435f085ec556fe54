import { createServer, type Server, type Socket } from 'node:net';
import type { Cluster } from './cluster.ts';

export interface ForwardedPort {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * A local port whose connections lead to a pod, each through a tunnel of its own. `podName` is asked for each, so
 * that the port outlives a pod.
 */
export async function forwardPort(
  cluster: Cluster,
  namespace: string,
  podName: () => Promise<string>,
  port: number,
): Promise<ForwardedPort> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    tunnel(cluster, namespace, podName, port, socket).catch(() => socket.destroy());
  });
  const local = await listen(server);
  return {
    url: `http://127.0.0.1:${local}`,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function tunnel(
  cluster: Cluster,
  namespace: string,
  podName: () => Promise<string>,
  port: number,
  socket: Socket,
): Promise<void> {
  const tunnelled = await cluster.portForward.portForward(namespace, await podName(), [port], socket, null, socket);
  if (typeof tunnelled === 'function') throw new Error('a tunnel without retries was asked for');
  // The pod's end of the connection closes the tunnel; what it sent before is in the socket already.
  tunnelled.addEventListener('close', () => socket.end());
  tunnelled.addEventListener('error', () => socket.destroy());
  socket.once('close', () => tunnelled.close());
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port was given'));
      else resolve(address.port);
    });
  });
}
