import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, type ServiceApp } from '../src/service-kit.ts';
import { startEchoService } from './echo-service.ts';
import { send as sendTo, type RawClient } from './raw-client.ts';

const lines: string[] = [];
let app: ServiceApp;
/** What `/slow` streams. */
let slowBody: Readable;

/** The answer of `/waiting`, which is never made. */
const waiting = Promise.withResolvers<ServerResponse>();

beforeAll(async () => {
  app = await startEchoService(
    (scope) => {
      scope.get('/slow', { schema: { operationId: 'slow' } }, (_request, reply) => {
        slowBody = new Readable({ read: () => undefined });
        slowBody.push('first');
        return reply.type('text/plain').send(slowBody);
      });
      scope.get('/waiting', { schema: { operationId: 'wait' } }, (_request, reply) => waiting.resolve(reply.raw));
    },
    { log: createLogger('echo-service', 'info', { write: (line) => lines.push(line) }) },
  );
});
afterAll(() => app.close());

const send = (text: string): RawClient => sendTo(app, text);

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
    ['bytes that are not HTTP', 'GARBAGE\r\n\r\n'],
    ['no Host', `GET /healthz HTTP/1.1\r\n${close}\r\n`],
    ['two Hosts', `GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n${close}\r\n`],
    ['a Host with a blank', `GET /healthz HTTP/1.1\r\nHost: a b\r\n${close}\r\n`],
    ['a Host with a path', `GET /healthz HTTP/1.1\r\nHost: a/b\r\n${close}\r\n`],
    ['a Host with user information', `GET /healthz HTTP/1.1\r\nHost: u@a\r\n${close}\r\n`],
    ['a Host with an invalid port', `GET /healthz HTTP/1.1\r\nHost: a:b\r\n${close}\r\n`],
    ['a Host with bytes beyond ASCII', `GET /healthz HTTP/1.1\r\nHost: ä\r\n${close}\r\n`],
    ['a Host that is half an IPv6 address', `GET /healthz HTTP/1.1\r\nHost: [::1\r\n${close}\r\n`],
    ['a Host with an invalid IPv6 address', `GET /healthz HTTP/1.1\r\nHost: [a]:1\r\n${close}\r\n`],
    ['a URL with user information', `GET http://u:p@a/healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['a URL with another scheme', `GET ftp://a/healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['a path with bytes beyond ASCII', `GET /é HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['an asterisk', `GET * HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['an asterisk, POSTed', `POST * HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    [
      'two Authorizations',
      `GET /healthz HTTP/1.1\r\nHost: a\r\nAuthorization: A a\r\nauthorization: A a\r\n${close}\r\n`,
    ],
    ['two Content-Types', `GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Type: a/a\r\nContent-Type: b/b\r\n${close}\r\n`],
    ['two User-Agents', `GET /healthz HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nUser-Agent: b\r\n${close}\r\n`],
    ['two lengths', `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx`],
    [
      'a length and a coding',
      `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
    ['a body in chunks of chunks', `POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n`],
    [
      'a body whose last coding is not chunked',
      `POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n`,
    ],
    [
      'a body in chunks with HTTP/1.0, which had none',
      `POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
    ['a URL without a host', `GET http:///healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['a URL without anything', `GET http:// HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['a fragment', `GET /healthz#a HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['a fragment after a query', `GET /healthz?a#b HTTP/1.1\r\nHost: a\r\n${close}\r\n`],
    ['a version of HTTP that is not spoken like this', `GET /healthz HTTP/2.0\r\nHost: a\r\n${close}\r\n`],
    ['another version of HTTP', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a request for a tunnel', `CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n`],
    ['half a head, and then no more', 'GET /healthz HTTP/1.1\r\nHo'],
  ])('is refused with a problem: %s', async (_name, text) => {
    const client = send(text);
    if (!text.endsWith('\r\n\r\n')) client.socket.end();
    expect(problemIn(await client.untilClosed())).toEqual(refused);
  });

  it.each(['a', 'a:', 'A.example:8000', '127.0.0.1', '[::1]', '[2001:db8::1]:8000', 'a%20b', ''])(
    'is not one whose Host is %j',
    async (host) => {
      const answer = await send(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`).untilClosed();
      expect(answer).toMatch(/^HTTP\/1\.1 200/);
    },
  );

  it('is not one for a whole URL', async () => {
    const answer = await send(`GET http://a:80/healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`).untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
  });

  it.each(['gzip, chunked', 'gzip\r\nTransfer-Encoding: chunked', 'gzip', 'identity'])(
    'is answered 501 when its body is sent in the transfer coding %j',
    async (coding) => {
      const head = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: ${coding}\r\n${close}\r\n`;
      const answer = await send(`${head}2\r\n{}\r\n0\r\n\r\n`).untilClosed();
      expect(problemIn(answer)).toEqual({ status: '501', code: 'NOT_IMPLEMENTED', sameId: true });
    },
  );

  it('is nothing to warn of: anybody can send one', async () => {
    lines.length = 0;
    await send(
      `POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n${close}\r\n0\r\n\r\n`,
    ).untilClosed();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'info', msg: 'request', status: 501 }]);
  });

  it('leaves a line with its address, status, code and the reason', async () => {
    lines.length = 0;
    await send('GARBAGE\r\n\r\n').untilClosed();
    await send(`GET /slow HTTP/1.1\r\nHost: a b\r\n${close}\r\n`).untilClosed();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'info',
        msg: 'request',
        operation: null,
        method: null,
        route: null,
        status: 400,
        code: 'BAD_REQUEST',
        reason: 'HPE_INVALID_METHOD',
        client_address: '127.0.0.1',
        request_id: expect.any(String),
      },
      { status: 400, code: 'BAD_REQUEST', client_address: '127.0.0.1' },
    ]);
  });

  it('may lack a Host in HTTP/1.0', async () => {
    expect(await send('GET /healthz HTTP/1.0\r\n\r\n').untilClosed()).toMatch(/^HTTP\/1\.1 200/);
  });

  it('is answered as usual when it expects something unknown', async () => {
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
    slowBody.push('last');
    slowBody.push(null);
    expect(await client.untilClosed()).toMatch(/first.*last.*\r\nHTTP\/1\.1 400.*BAD_REQUEST/s);
  });

  it('does not keep the requests before it, in the same segment, from getting their answers', async () => {
    const good = 'GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n';
    const answer = await send(`${good}${good}GARBAGE\r\n\r\n`).untilClosed();
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(answer.match(/connection: close/gi)).toHaveLength(1);
  });

  it('does not keep the request before it from getting its answer either, when its own body breaks', async () => {
    const broken =
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
    const client = send(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${broken}`);
    await client.until('first');
    slowBody.push(null);
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('is read no further, however much comes', async () => {
    lines.length = 0;
    const client = send('GARBAGE\r\n\r\n');
    await client.until('BAD_REQUEST');
    for (let n = 0; n < 100; n += 1) client.socket.write('GARBAGE\r\n\r\n');
    client.socket.end();
    await client.untilClosed();
    expect(lines.filter((line) => line.includes('HPE_INVALID_METHOD'))).toHaveLength(1);
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
  it('is not a fault of ours', async () => {
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

describe('a client that half-closes after its request', () => {
  it('gets its answer', async () => {
    const client = send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    client.socket.end();
    await client.until('first');
    slowBody.push('last');
    slowBody.push(null);
    expect(await client.untilClosed()).toMatch(/first.*last/s);
  });

  it('gets all its answers', async () => {
    const good = 'GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n';
    const client = send(`${good}${good}`);
    client.socket.end();
    expect((await client.untilClosed()).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it('and then is gone altogether ends the work', async () => {
    const client = send('GET /waiting HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = await waiting.promise;
    const closed = once(answer, 'close');
    client.socket.destroy();
    await closed;
    expect(answer.writableFinished).toBe(false);
  });
});
