import { afterEach, describe, expect, it } from 'vitest';
import { rawCall, type RawResponse } from './raw-call.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

let gateway: StartedGateway;
afterEach(() => gateway.close());

const limits = {
  RATE_LIMIT_READS_PER_MINUTE: '3',
  RATE_LIMIT_WRITES_PER_MINUTE: '2',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '2',
};
const trusting = { ...limits, TRUSTED_PROXIES: '127.0.0.1' };

async function start(env: Readonly<Record<string, string>> = trusting): Promise<void> {
  gateway = await startGateway({ env });
}

const bearer = (sub: string): string => `Bearer ${gateway.issuer.token({ sub })}`;

function call(method: string, path: string, headers: Record<string, string> = {}): Promise<RawResponse> {
  return rawCall(gateway.port, { method, path, headers });
}

async function statuses(times: number, ...request: Parameters<typeof call>): Promise<number[]> {
  const answers = [];
  for (let n = 0; n < times; n += 1) answers.push((await call(...request)).status);
  return answers;
}

describe('an account', () => {
  it('may read and write so often in a minute, each by itself', { tags: ['rate-limits'] }, async () => {
    await start();
    const headers = { authorization: bearer('1') };
    expect(await statuses(4, 'GET', '/api/v1/tasks', headers)).toEqual([200, 200, 200, 429]);
    expect(await statuses(3, 'DELETE', '/api/v1/tasks/7', headers)).toEqual([200, 200, 429]);
    expect(gateway.task.requests).toHaveLength(5);
    expect((await call('GET', '/api/v1/tasks', { authorization: bearer('2') })).status).toBe(200);
  });

  it(
    'is told on each answer what it may and what is left, in the form of the draft',
    { tags: ['rate-limits'] },
    async () => {
      await start();
      const headers = { authorization: bearer('1') };
      const [first, , , refused] = [
        await call('GET', '/api/v1/tasks', headers),
        await call('HEAD', '/api/v1/tasks', headers),
        await call('GET', '/api/v1/tasks', headers),
        await call('GET', '/api/v1/tasks', headers),
      ];
      expect(first.headers).toMatchObject({ 'ratelimit-policy': '"reads";q=3;w=60', ratelimit: '"reads";r=2;t=60' });
      expect(refused.headers).toMatchObject({
        'ratelimit-policy': '"reads";q=3;w=60',
        ratelimit: expect.stringMatching(/^"reads";r=0;t=(60|59)$/),
        'retry-after': expect.stringMatching(/^(60|59)$/),
      });
      expect(JSON.parse(refused.body)).toMatchObject({
        status: 429,
        code: 'TOO_MANY_REQUESTS',
        detail: 'Too many requests',
      });
    },
  );

  it('is the same from whichever address and session', { tags: ['rate-limits'] }, async () => {
    await start();
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      await call('GET', '/api/v1/tasks', { authorization: bearer('1'), 'x-forwarded-for': address });
    expect((await call('GET', '/api/v1/stats', { authorization: bearer('1') })).status).toBe(429);
  });
});

const login = (from: string, times = 1): Promise<number[]> =>
  statuses(times, 'POST', '/api/v1/auth/login', { 'x-forwarded-for': from });

describe('an address', () => {
  it('may do so often what needs no token', { tags: ['rate-limits'] }, async () => {
    await start();
    expect(await login('192.0.2.1', 3)).toEqual([200, 200, 429]);
    expect(await login('192.0.2.2')).toEqual([200]);
  });

  it('is a /64 of IPv6', { tags: ['rate-limits'] }, async () => {
    await start();
    await login('2001:db8:1:2::1');
    await login('2001:db8:1:2:ffff::1');
    expect(await login('2001:db8:1:2::3')).toEqual([429]);
    expect(await login('2001:db8:1:3::1')).toEqual([200]);
  });

  it(
    'is the one of the connection, whatever a header says, without trusted proxies',
    { tags: ['rate-limits'] },
    async () => {
      await start(limits);
      await login('192.0.2.1');
      await login('192.0.2.2');
      expect(await login('192.0.2.3')).toEqual([429]);
    },
  );

  it('counts for documents and health too, not for probes', { tags: ['rate-limits'] }, async () => {
    await start();
    expect(await statuses(9, 'GET', '/healthz')).toEqual(Array(9).fill(200));
    expect(await statuses(2, 'GET', '/openapi.json')).toEqual([200, 200]);
    expect(await statuses(1, 'GET', '/health')).toEqual([429]);
    expect(await statuses(1, 'GET', '/readyz')).toEqual([200]);
  });

  it(
    "doesn't count for an account's requests, nor for programs whose password the service checks",
    { tags: ['rate-limits'] },
    async () => {
      await start();
      await login('192.0.2.1', 3);
      const from = { 'x-forwarded-for': '192.0.2.1' };
      expect(await statuses(1, 'GET', '/api/v1/tasks', { ...from, authorization: bearer('1') })).toEqual([200]);
      expect(await statuses(1, 'POST', '/api/v1/auth/introspect', { ...from, authorization: 'Basic eDp4' })).toEqual([
        200,
      ]);
    },
  );
});

describe('a limit', () => {
  it('comes after 404, 405 and 401, and before 413', { tags: ['check-order', 'rate-limits'] }, async () => {
    await start();
    const headers = { authorization: bearer('1') };
    await statuses(3, 'DELETE', '/api/v1/tasks/7', headers);
    await statuses(3, 'GET', '/openapi.json');
    expect(await statuses(1, 'POST', '/api/v1/nothing', headers)).toEqual([404]);
    expect(await statuses(1, 'DELETE', '/api/v1/tasks', headers)).toEqual([405]);
    expect(await statuses(1, 'POST', '/api/v1/tasks', { authorization: 'Bearer x' })).toEqual([401]);
    const large = await rawCall(gateway.port, {
      method: 'POST',
      path: '/api/v1/tasks',
      headers,
      body: 'x'.repeat(2 * 1024 * 1024),
    });
    expect(large.status).toBe(429);
  });

  it('of 0 is none', { tags: ['rate-limits'] }, async () => {
    await start({
      RATE_LIMIT_READS_PER_MINUTE: '0',
      RATE_LIMIT_WRITES_PER_MINUTE: '0',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
    });
    const answer = await call('GET', '/api/v1/tasks', { authorization: bearer('1') });
    expect([answer.status, answer.headers['ratelimit'], answer.headers['ratelimit-policy']]).toEqual([
      200,
      undefined,
      undefined,
    ]);
    expect(new Set(await statuses(400, 'POST', '/api/v1/auth/login'))).toEqual(new Set([200]));
  });

  it('is 12,000 reads, 3,000 writes and 300 without a token by default', { tags: ['rate-limits'] }, async () => {
    await start({});
    const headers = { authorization: bearer('1') };
    const answers = [
      await call('GET', '/api/v1/tasks', headers),
      await call('DELETE', '/api/v1/tasks/7', headers),
      await call('POST', '/api/v1/auth/login'),
    ];
    expect(answers.map((answer) => answer.headers['ratelimit-policy'])).toEqual([
      '"reads";q=12000;w=60',
      '"writes";q=3000;w=60',
      '"address";q=300;w=60',
    ]);
  });

  it("does not replace a service's own", { tags: ['rate-limits'] }, async () => {
    await start();
    gateway.user.answer = (_request, response) => {
      response.setHeader('ratelimit', '"failures";r=3;t=900');
      response.setHeader('ratelimit-policy', '"failures";q=10;w=900');
      response.end('{}');
    };
    const answer = await call('POST', '/api/v1/auth/login');
    expect([answer.headers['ratelimit'], answer.headers['ratelimit-policy']]).toEqual([
      '"address";r=1;t=60, "failures";r=3;t=900',
      '"address";q=2;w=60, "failures";q=10;w=900',
    ]);
  });
});
