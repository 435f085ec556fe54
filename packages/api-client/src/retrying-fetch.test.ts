import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyedService, openKeyedService, type Scripted } from '../test/keyed-service.ts';
import { createRetryingFetch } from './retrying-fetch.ts';

let service: KeyedService;
let pauses: number[];
let time: number;

beforeEach(async () => {
  service = await openKeyedService();
  pauses = [];
  time = 0;
});

afterEach(() => service.close());

const clockwork = {
  now: () => time,
  pause: async (ms: number) => {
    pauses.push(ms);
    time += ms;
  },
};
const usual = { most: 4, withinMs: 30_000 };

const write = (headers: Record<string, string> = { 'idempotency-key': 'k' }): Request =>
  new Request(`${service.baseUrl}/x`, { method: 'POST', body: 'once', headers });
const ask = (limits = usual, request = write()): Promise<Response> => createRetryingFetch(limits, clockwork)(request);
const answer = (status: number, headers: Record<string, string> = {}, body = ''): Scripted => ({
  status,
  headers,
  body,
});
const always = (scripted: Scripted): void => void service.script.push(...Array.from({ length: 10 }, () => scripted));

describe('a request that is safe to repeat', () => {
  it.each([429, 503, 504])('is sent again after %i', async (status) => {
    service.script.push(answer(status), answer(status));
    expect((await ask()).status).toBe(201);
    expect(service.seen.map(({ body, headers }) => [body, headers['idempotency-key']])).toEqual(
      Array.from({ length: 3 }, () => ['once', 'k']),
    );
    expect(service.effects).toEqual(['once']);
  });

  it.each([200, 400, 401, 404, 409, 412, 422, 500, 502])('is sent once for %i', async (status) => {
    service.script.push(answer(status, {}, '{"code":"SOMETHING"}'));
    const response = await ask();
    expect([response.status, await response.text()]).toEqual([status, '{"code":"SOMETHING"}']);
    expect(service.seen).toHaveLength(1);
  });

  it('waits while an earlier try of it runs', async () => {
    service.script.push(answer(409, { 'retry-after': '1' }, '{"code":"IDEMPOTENCY_KEY_IN_USE"}'));
    expect((await ask()).status).toBe(201);
    expectBetween(pauses[0], 1_000, 1_250);
  });

  it('waits as long as Retry-After says, and a little longer by chance', async () => {
    const date = new Date(Date.now() + 5_000).toUTCString();
    service.script.push(answer(503, { 'retry-after': '2' }), answer(503, { 'retry-after': date }));
    expect((await ask()).status).toBe(201);
    expectBetween(pauses[0], 2_000, 2_250);
    expectBetween(pauses[1], 0, 5_250);
  });

  it('waits longer each time where nothing says how long', async () => {
    always(answer(503, { 'retry-after': 'soon' }));
    expect((await ask()).status).toBe(503);
    [100, 200, 400, 800].forEach((most, index) => expectBetween(pauses[index], most / 2, most));
  });

  it('is tried so often and no more, and its last answer is whole', async () => {
    always(answer(503, {}, '{"code":"OVERLOADED"}'));
    const response = await ask();
    expect([response.status, await response.text()]).toEqual([503, '{"code":"OVERLOADED"}']);
    expect(service.seen).toHaveLength(5);
  });

  it('is not tried again where the wait would be too long', async () => {
    service.script.push(answer(429, { 'retry-after': '29' }), answer(429, { 'retry-after': '2' }));
    expect((await ask()).status).toBe(429);
    expect(service.seen).toHaveLength(2);
    expect(pauses).toHaveLength(1);
  });

  it('is sent once if none is wanted', async () => {
    always(answer(503));
    expect((await ask({ most: 0, withinMs: 0 })).status).toBe(503);
    expect(service.seen).toHaveLength(1);
  });

  it('throws what the last try threw', async () => {
    await service.close();
    await expect(ask()).rejects.toThrow('fetch failed');
    expect(pauses).toHaveLength(4);
    service = await openKeyedService();
  });

  it('ends at once when it is aborted while it waits', async () => {
    const controller = new AbortController();
    always(answer(503, { 'retry-after': '20' }));
    const request = new Request(write(), { signal: controller.signal });
    const asked = createRetryingFetch(usual)(request);
    await expect.poll(() => service.seen.length).toBe(1);
    controller.abort(new Error('no longer wanted'));
    await expect(asked).rejects.toThrow('no longer wanted');
    expect(service.seen).toHaveLength(1);
  });
});

describe('a request that is not', () => {
  it('is sent once, whatever comes back', async () => {
    service.script.push(answer(503, { 'retry-after': '0' }));
    expect((await ask(usual, write({}))).status).toBe(503);
    expect(service.seen).toHaveLength(1);
  });
});

function expectBetween(value: number | undefined, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}
