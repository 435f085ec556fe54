import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  addScope,
  createLogger,
  createServiceApp,
  logSecurityEvent,
  publicScope,
  type ServiceApp,
} from '../src/service-kit.ts';

let lines: string[] = [];
let app: ServiceApp;

beforeEach(async () => {
  lines = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  app = await createServiceApp({
    serviceName: 'any',
    description: '',
    log: createLogger('any', 'info', { write: (line) => lines.push(line) }),
    isReady: () => Promise.resolve(true),
  });
  await addScope(app, publicScope, async (scope) => {
    scope.get('/refused', { schema: { operationId: 'refuse' } }, (request) => {
      logSecurityEvent(request, 'token_refused', { reason: 'expired' });
      return {};
    });
    scope.get('/changed', { schema: { operationId: 'change' } }, (request) => {
      logSecurityEvent(request, 'password_changed', { accountId: 7n, sessionId: 8n });
      return {};
    });
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

const events = (): unknown[] => lines.map((line) => JSON.parse(line)).filter(({ event }) => event !== undefined);

describe('a security event', () => {
  it('has a line with its name, operation, account, session, address and request id', async () => {
    await app.inject({ url: '/changed', headers: { 'x-request-id': 'r1' } });
    expect(events()).toMatchObject([
      {
        level: 'info',
        event: 'password_changed',
        operation: 'change',
        account_id: '7',
        session_id: '8',
        client_address: '127.0.0.1',
        request_id: 'r1',
      },
    ]);
  });

  it('that strangers can cause has 60 lines a minute, and one that says how many more there were', async () => {
    for (let n = 0; n < 100; n += 1) await app.inject('/refused');
    expect(events()).toHaveLength(60);
    expect(events()[0]).toMatchObject({ level: 'warn', event: 'token_refused', reason: 'expired' });
    vi.advanceTimersByTime(60_000);
    expect(events()[60]).toMatchObject({ event: 'token_refused', reason: 'expired', suppressed: 40 });
    await app.inject('/refused');
    vi.advanceTimersByTime(60_000);
    expect(events()).toHaveLength(62);
  });

  it('that was only counted is reported when the program ends', async () => {
    for (let n = 0; n < 61; n += 1) await app.inject('/refused');
    await app.close();
    expect(events()[60]).toMatchObject({ event: 'token_refused', suppressed: 1 });
  });

  it('that an account holder causes has a line each time', async () => {
    for (let n = 0; n < 100; n += 1) await app.inject('/changed');
    expect(events()).toHaveLength(100);
  });
});
