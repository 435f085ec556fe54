import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on 127.0.0.1 that passes requests on and loses answers. */
export interface LossyProxy {
  readonly baseUrl: string;
  /** So many answers are still to be lost: what was asked is done, and whoever asked is cut off. */
  toLose: number;
  close(): Promise<void>;
}

/** In front of what listens at `origin`, such as `http://127.0.0.1:8000`. */
export async function openLossyProxy(origin: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(origin);
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const target = connect(Number(port || 80), hostname);
    for (const [one, other] of [
      [caller, target],
      [target, caller],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    caller.pipe(target);
    target.on('data', (answer) => {
      if (proxy.toLose > 0) {
        proxy.toLose -= 1;
        caller.resetAndDestroy();
      } else caller.write(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const proxy: LossyProxy = {
    baseUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    toLose: 0,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return proxy;
}
