import { Type } from '@tasktracker/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addScope,
  createLogger,
  createServiceApp,
  internalScope,
  publicScope,
  type ServiceApp,
} from '../src/service-kit.ts';

const lines: string[] = [];
const begun: (() => void)[] = [];
let app: ServiceApp;

beforeAll(async () => {
  app = await createServiceApp({
    serviceName: 'slow-service',
    description: 'for tests',
    log: createLogger('slow-service', 'info', { write: (line) => lines.push(line) }),
    mostAtOnce: 3,
    isReady: () => Promise.resolve(true),
  });
  await addScope(app, publicScope, async (scope) => {
    scope.get('/slow', { schema: { operationId: 'slow' } }, async () => {
      await new Promise<void>((resolve) => begun.push(resolve));
      return {};
    });
    const body = Type.Object({});
    scope.post('/echo', { schema: { operationId: 'echo', body } }, () => ({}));
  });
  await addScope(app, internalScope, async (scope) => {
    scope.get('/internal/list', { schema: { operationId: 'list' } }, () => ({}));
  });
});
afterAll(() => app.close());

const status = async (url: string): Promise<number> => (await app.inject(url)).statusCode;

it(
  'refuses at once what is more than a service does at the same time, but no probe and no service',
  {
    tags: ['overload'],
  },
  async () => {
    const running = Array.from({ length: 3 }, () => status('/slow'));
    await expect.poll(() => begun.length).toBe(3);
    const refused = await app.inject({ method: 'POST', url: '/echo', payload: {} });
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json()).toMatchObject({ code: 'OVERLOADED', detail: 'Service unavailable' });
    expect([await status('/nope'), await status('/readyz'), await status('/internal/list')]).toEqual([404, 200, 200]);
    for (const end of begun) end();
    expect(await Promise.all(running)).toEqual([200, 200, 200]);
    await expect.poll(() => status('/echo')).toBe(405);
    expect((await app.inject({ method: 'POST', url: '/echo', payload: {} })).statusCode).toBe(200);
    // It heals by itself, and there may be thousands: the line of the request is enough.
    expect(lines.filter((line) => line.includes('unavailable'))).toEqual([]);
  },
);
