import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and Postgres and counts how often the client speaks after the server. */
export interface CountingRelay {
  /** The database's URL by way of the relay. */
  readonly url: string;
  /** Over all connections so far. */
  roundTrips(): number;
  stop(): Promise<void>;
}

export async function startCountingRelay(databaseUrl: string): Promise<CountingRelay> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    let isServersTurn = false;
    client.on('data', (data) => {
      if (!isServersTurn) count += 1;
      isServersTurn = true;
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      isServersTurn = false;
      client.write(data);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => (sockets.delete(socket), other.destroy()));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.port = String(typeof address === 'object' ? address?.port : '');
  return {
    url: url.href,
    roundTrips: () => count,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
