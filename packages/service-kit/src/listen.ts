import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import type { ServiceApp } from './typed-app.ts';

/** How many connections are open now. */
export type CountConnections = () => Promise<number>;

/** Error codes for listening on a system that lacks a kind of address, or lacks this one. */
const withoutAddress = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'EPROTONOSUPPORT']);

const listenTextResolver = (address: string): string => `listening at ${address}`;

/**
 * Opens an application's port: at one address; without a host at every address of the machine, IPv6 and IPv4; for
 * `localhost` at both loopback addresses. Where the system has only one of both kinds, that alone. Throws what `listen` of Node does.
 */
export async function listen(app: ServiceApp, host: string | undefined, port: number): Promise<CountConnections> {
  if (host === 'localhost') return listenAtLoopback(app, port);
  await app.listen({ host: host ?? (await everyAddress()), port, listenTextResolver });
  return countOf(app.server);
}

/** `::` takes IPv4 too. `canListen` is given for tests. */
export async function everyAddress(canListen: (host: string) => Promise<boolean> = canListenAt): Promise<string> {
  return (await canListen('::')) ? '::' : '0.0.0.0';
}

/**
 * Fastify's own second server for `localhost` would lack what was added to the first, so one server takes both's
 * connections.
 */
async function listenAtLoopback(app: ServiceApp, port: number): Promise<CountConnections> {
  if (!(await canListenAt('127.0.0.1'))) {
    await app.listen({ host: '::1', port, listenTextResolver });
    return countOf(app.server);
  }
  const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => app.server.emit('connection', socket));
  app.addHook('preClose', (closed) => {
    other.close();
    closed();
  });
  await app.listen({ host: '127.0.0.1', port, listenTextResolver });
  const [first] = app.addresses();
  const count = countOf(app.server);
  if (typeof first !== 'object' || !(await canListenAt('::1', other, first.port))) return count;
  app.log.info(listenTextResolver(`http://[::1]:${first.port}`));
  const countOther = countOf(other);
  return async () => (await count()) + (await countOther());
}

function countOf(server: Server): CountConnections {
  return promisify(server.getConnections.bind(server));
}

/** Whether the system has such an address. Throws any other fault. Without a `server` it only tries. */
async function canListenAt(host: string, server?: Server, port = 0): Promise<boolean> {
  const tried = server ?? createServer();
  try {
    tried.listen({ host, port });
    await once(tried, 'listening');
    if (!server) tried.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && withoutAddress.has(String(error.code))) return false;
    throw error;
  }
}
