import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { currentDeadline, type Deadline } from '@tasktracker/deadline';
import { ServiceUnavailable } from '@tasktracker/errors';
import { Type } from '@tasktracker/schema';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addScope, createLogger, createServiceApp, publicScope, type ServiceApp } from '../src/service-kit.ts';

let app: ServiceApp;
let lines: string[];
let seen: Deadline | undefined;

beforeEach(async () => {
  lines = [];
  seen = undefined;
  app = await createServiceApp({
    serviceName: 'library',
    description: '',
    log: createLogger('library', 'warn', { write: (line: string) => void lines.push(line) }),
    isReady: () => Promise.resolve(true),
    requestTimeoutMs: 5_000,
  });
  await addScope(app, publicScope, async (scope) => {
    scope.post('/books', { schema: { operationId: 'addBook', body: Type.Object({ title: Type.String() }) } }, () => {
      seen = currentDeadline();
      return {};
    });
    scope.get('/slow', { schema: { operationId: 'getSlowly' } }, async () => {
      seen = currentDeadline();
      const signal = seen?.signal;
      await delay(30_000, undefined, signal && { signal }).catch(() => undefined);
      throw signal?.reason;
    });
    scope.get('/given-up', { schema: { operationId: 'giveUp' } }, async () => {
      await delay(currentDeadline()?.remainingMs());
      await delay(1);
      throw new ServiceUnavailable(1);
    });
  });
});
afterEach(() => app.close());

async function leftFor(headers: Record<string, string>): Promise<number | undefined> {
  expect((await app.inject({ method: 'POST', url: '/books', body: { title: 'Walden' }, headers })).statusCode).toBe(
    200,
  );
  return seen?.remainingMs();
}

describe('the time for a request', () => {
  it('is the configured one, also behind a body', async () => {
    const left = await leftFor({});
    expect(left).toBeGreaterThan(4_000);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('is less where its caller asks for less, and never more', async () => {
    expect(await leftFor({ 'x-request-deadline-ms': '700' })).toBeLessThanOrEqual(700);
    expect(await leftFor({ 'x-request-deadline-ms': '999999' })).toBeLessThanOrEqual(5_000);
  });

  it('is the configured one where the header is no number', async () => {
    for (const value of ['', '-1', '1.5', '0x10', 'soon', '1'.repeat(40)]) {
      expect(await leftFor({ 'x-request-deadline-ms': value }), value).toBeGreaterThan(4_000);
    }
  });

  it('is over: 504', async () => {
    for (const url of ['/slow', '/given-up']) {
      const answer = await app.inject({ url, headers: { 'x-request-deadline-ms': '20' } });
      expect([answer.statusCode, answer.json().code, answer.headers['retry-after']], url).toEqual([
        504,
        'UPSTREAM_TIMEOUT',
        '1',
      ]);
    }
  });

  it('is over when the caller leaves, of which no warning is logged', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const [address] = app.addresses();
    if (typeof address !== 'object') throw new Error('not listening on a port');
    const socket = connect(address.port, '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nhost: library\r\n\r\n');
    await vi.waitUntil(() => seen !== undefined, { timeout: 20_000 });
    socket.destroy();
    await vi.waitUntil(() => seen?.isAbandoned, { timeout: 10_000 }); // asked once a second
    await app.close();
    expect(lines).toEqual([]);
  });
});
