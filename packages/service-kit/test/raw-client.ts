import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ServiceApp } from '../src/service-kit.ts';

/** A client that writes what it likes to a listening application. */
export class RawClient {
  readonly socket: Socket;
  received = '';

  constructor(app: ServiceApp) {
    const [address] = app.addresses();
    if (typeof address !== 'object') throw new Error('not listening on a port');
    this.socket = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString();
    });
    this.socket.on('end', () => this.socket.end());
    this.socket.on('error', () => undefined);
  }

  /** Everything that comes until the server closes. */
  async untilClosed(): Promise<string> {
    // A reset is an end as well.
    if (!this.socket.closed) await once(this.socket, 'close').catch(() => undefined);
    return this.received;
  }

  async until(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, 'data');
  }
}

export function send(app: ServiceApp, text: string | Buffer): RawClient {
  const client = new RawClient(app);
  client.socket.write(text);
  return client;
}
