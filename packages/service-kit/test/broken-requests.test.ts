import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, createServiceApp, type ServiceApp } from '../src/service-kit.ts';

const lines: string[] = [];
let app: ServiceApp;
/** What `/slow` streams. */
let slowBody: Readable;

beforeAll(async () => {
  app = await createServiceApp({
    serviceName: 'echo-service',
    description: 'for tests',
    log: createLogger('echo-service', 'info', { write: (line) => lines.push(line) }),
    isReady: () => Promise.resolve(true),
  });
  const body = Type.Object({ title: Type.String() });
  app.post('/echo', { schema: { operationId: 'echo', body } }, (request) => request.body);
  app.get('/slow', { schema: { operationId: 'slow' } }, (_request, reply) => {
    slowBody = new Readable({ read: () => undefined });
    slowBody.push('first');
    return reply.type('text/plain').send(slowBody);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

class Client {
  readonly socket: Socket;
  received = '';

  constructor() {
    const [address] = app.addresses();
    if (typeof address !== 'object') throw new Error('not listening on a port');
    this.socket = connect(address.port, '127.0.0.1');
    this.socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString();
    });
    this.socket.on('error', () => undefined);
  }

  /** Everything that comes until the server closes. */
  async untilClosed(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close');
    return this.received;
  }

  async until(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, 'data');
  }
}

function send(text: string): Client {
  const client = new Client();
  client.socket.write(text);
  return client;
}

/** Status and code of a problem, and whether the request id of body and header is the same. */
function problemIn(answer: string): { status: string | undefined; code: unknown; sameId: boolean } {
  const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  const id = /^x-request-id: (.*)\r$/im.exec(answer)?.[1];
  if (typeof body !== 'object' || body === null) throw new TypeError(`no problem: ${answer}`);
  return {
    status: /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1],
    code: Reflect.get(body, 'code'),
    sameId: Reflect.get(body, 'request_id') === id,
  };
}

const refused = { status: '400', code: 'BAD_REQUEST', sameId: true };
const close = 'Connection: close\r\n';

describe('a request that HTTP forbids', () => {
  it.each([
    ['bytes that are no HTTP', 'GARBAGE\r\n\r\n'],
    ['no Host', `GET /healthz HTTP/1.1\r\n${close}\r\n`],
    ['two Hosts', `GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n${close}\r\n`],
  ])('is refused with a problem: %s', async (_name, text) => {
    expect(problemIn(await send(text).untilClosed())).toEqual(refused);
  });

  it('may lack a Host in HTTP/1.0', async () => {
    expect(await send('GET /healthz HTTP/1.0\r\n\r\n').untilClosed()).toMatch(/^HTTP\/1\.1 200/);
  });

  it('is answered as ever when it expects something unheard of', async () => {
    const answer = await send(`GET /nowhere HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n${close}\r\n`).untilClosed();
    expect(problemIn(answer)).toEqual({ status: '404', code: 'NOT_FOUND', sameId: true });
  });

  it('is refused in its turn when its body breaks', async () => {
    const head =
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(problemIn(await send(`${head}zz\r\n`).untilClosed())).toEqual(refused);
  });

  it('never writes into the answer of the request before it', async () => {
    const client = send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until('first');
    client.socket.write('GARBAGE\r\n\r\n');
    expect(await client.untilClosed()).not.toContain('BAD_REQUEST');
  });

  it('gets no second answer when its body breaks after the first', async () => {
    const head = 'POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const client = send(head);
    await client.until('NOT_FOUND');
    client.socket.write('zz\r\n');
    expect((await client.untilClosed()).match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('a client that goes away in the middle of its body', () => {
  it('is no fault of ours', async () => {
    lines.length = 0;
    const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"ti';
    const arrived = once(app.server, 'request');
    const client = send(head);
    await arrived;
    client.socket.destroy();
    await expect.poll(() => lines.some((line) => line.includes('"aborted":true'))).toBe(true);
    await app.inject('/nowhere'); // whatever the lost body led to has been logged by then
    expect(lines.filter((line) => !line.includes('"level":"info"'))).toEqual([]);
  });
});

describe('a body that is refused before its end', () => {
  it('does not cut off the client that still sends it: it reads the answer, and its next request is taken', async () => {
    const length = 4 * 1_048_576;
    const client = send(
      `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    );
    await client.until('PAYLOAD_TOO_LARGE');
    expect(client.received).toMatch(/^HTTP\/1\.1 413/);
    client.socket.write('x'.repeat(length));
    client.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/HTTP\/1\.1 200 OK/);
  });
});
