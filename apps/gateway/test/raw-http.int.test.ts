import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rawCall } from './raw-call.ts';
import { echo, sendJson } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

let gateway: StartedGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.task.requests.length = 0;
  gateway.task.answer = echo;
  gateway.log.length = 0;
});

/** Writes bytes as they are and reads until the gateway closes. */
async function exchange(text: string, { thenEnd = false } = {}): Promise<string> {
  const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true });
  const received: string[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk.toString()));
  socket.on('end', () => socket.end());
  socket.write(text);
  if (thenEnd) socket.end();
  await once(socket, 'close');
  return received.join('');
}

const close = 'Connection: close\r\n';
const list = (headers = ''): string =>
  `GET /api/v1/tasks HTTP/1.1\r\nHost: a\r\nAuthorization: ${gateway.bearer}\r\n${headers}\r\n`;
const origin = 'http://localhost:3000';

/** What a browser needs to let its page read the answer, and what it is told besides. */
function expectBrowserHeaders(answer: string): void {
  expect(answer).toMatch(/^access-control-allow-origin: http:\/\/localhost:3000\r$/im);
  expect(answer).toMatch(/^access-control-expose-headers: .*X-Request-Id/im);
  expect(answer).toMatch(/^vary: .*Origin/im);
  expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
  expect(answer).toMatch(/^content-security-policy: default-src 'none'/im);
  expect(answer).toMatch(/^x-request-id: \S+\r$/im);
}

describe('an error that never reaches a route tells a browser what every answer does', () => {
  it.each([
    [
      'a path that cannot be decoded',
      `GET /api/v1/tasks/%zz HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\n${close}\r\n`,
      404,
    ],
    ['an invalid Host', `GET / HTTP/1.1\r\nHost: a b\r\nOrigin: ${origin}\r\n${close}\r\n`, 400],
    ['an invalid header', `GET / HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nbad header\r\n\r\n`, 400],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    [
      'a transfer coding',
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nTransfer-Encoding: gzip, chunked\r\n${close}\r\n0\r\n\r\n`,
      501,
    ],
  ])('%s', async (_name, text, status) => {
    const answer = await exchange(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expectBrowserHeaders(answer);
    expect(gateway.log.filter(({ msg }) => msg === 'request')).toMatchObject([
      { status, code: expect.any(String), client_address: '127.0.0.1' },
    ]);
  });

  it('a page that may not call learns nothing', async () => {
    const answer = await exchange('GET / HTTP/1.1\r\nOrigin: https://evil.example\r\nHost: a\r\nbad header\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).not.toMatch(/access-control-allow-origin/i);
  });
});

describe('a client that half-closes after its request', () => {
  it('gets its answer', async () => {
    gateway.task.answer = (_request, response) => void setTimeout(() => sendJson(response, 200, { late: true }), 100);
    const answer = await exchange(list(), { thenEnd: true });
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*"late":true/s);
  });

  it('with a body gets its answer', async () => {
    const head = `POST /api/v1/tasks HTTP/1.1\r\nHost: a\r\nAuthorization: ${gateway.bearer}\r\n`;
    const answer = await exchange(`${head}Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{"title":"a"}`, {
      thenEnd: true,
    });
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*title/s);
  });
});

it("a header's bytes are passed on as they came", async () => {
  await exchange(list(`User-Agent: Läptop €😀\r\n${close}`));
  const [request] = gateway.task.requests;
  expect(Buffer.from(request?.headers['user-agent'] ?? '', 'latin1').toString()).toBe('Läptop €😀');
});

it('a good request followed by garbage gets its answer; the garbage is refused and the connection closed', async () => {
  gateway.task.answer = (_request, response) => void setTimeout(() => sendJson(response, 200, { good: true }), 50);
  const answer = await exchange(`${list()}GARBAGE\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 .*"good":true.*HTTP\/1\.1 400 .*connection: close.*BAD_REQUEST/is);
});

it.each([
  ['two Authorizations', () => list(`Authorization: Bearer x\r\n${close}`), 400],
  ['an asterisk', () => `GET * HTTP/1.1\r\nHost: a\r\n${close}\r\n`, 400],
  ['an invalid Host', () => `GET / HTTP/1.1\r\nHost: a b\r\n${close}\r\n`, 400],
  [
    'another transfer coding',
    () => list(`Transfer-Encoding: gzip, chunked\r\n${close}`).replace('GET', 'POST') + '0\r\n\r\n',
    501,
  ],
])('%s goes no further than the gateway', async (_name, text, status) => {
  expect(await exchange(text())).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(gateway.task.requests).toEqual([]);
});

it('a body that breaks on its way to a service is the fault of its sender, and nothing to warn of', async () => {
  const head = list('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n').replace('GET', 'POST');
  expect(await exchange(`${head}5\r\n{"tit\r\nZZ\r\n`)).toMatch(/^HTTP\/1\.1 400 .*BAD_REQUEST/s);
  await expect.poll(() => gateway.log.length).toBe(1);
  expect(gateway.task.requests).toHaveLength(0);
  await expect(exchange(`GET / HTTP/1.1\r\nHost: a\r\n${close}\r\n`)).resolves.toMatch(/^HTTP\/1\.1 200/);
  expect(gateway.log).toMatchObject([
    { level: 'info', aborted: true, status: 400 },
    { level: 'info', status: 200 },
  ]);
});

/** What a client is told that came by this protocol, according to a proxy on this machine. */
async function hsts(env: Record<string, string>, protocol: string): Promise<unknown> {
  const started = await startGateway({ env });
  const answer = await rawCall(started.port, { path: '/', headers: { 'x-forwarded-proto': protocol } });
  await started.close();
  return answer.headers['strict-transport-security'];
}

describe('Strict-Transport-Security', () => {
  const configured = { HSTS_MAX_AGE_SECONDS: '31536000', TRUSTED_PROXIES: '127.0.0.1' };

  it('is sent if it is configured and the client is known to speak TLS, for this host alone', async () => {
    expect(await hsts(configured, 'https')).toBe('max-age=31536000');
  });

  it('is sent to nobody else', async () => {
    expect(await hsts(configured, 'http')).toBeUndefined();
    expect(await hsts({ HSTS_MAX_AGE_SECONDS: '31536000' }, 'https')).toBeUndefined();
    expect(await hsts({ TRUSTED_PROXIES: '127.0.0.1' }, 'https')).toBeUndefined();
  });
});
