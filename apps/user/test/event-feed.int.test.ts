import { Type, Value } from '@tasktracker/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problems, TestService } from './user-service.ts';

const Batch = Type.Array(Type.Object({ type: Type.String(), subject: Type.String(), data: Type.Unknown() }));

describe('the feed of accounts', () => {
  let service: TestService;
  let token: string;

  beforeAll(async () => {
    service = await TestService.start();
    token = service.deps.serviceTokens.issue('task', 'events:read').token;
  });
  afterAll(() => service.stop());

  const read = async (query = '') => {
    const { status, headers, text } = await service.call('GET', `//internal/events${query}`, { token });
    const next = String(headers['next-position']);
    const batch = Value.Parse(Batch, status === 200 ? JSON.parse(text) : []);
    const events = batch.map(({ type, subject, data }) => ({ type, subject, data }));
    return { status, headers, next, text, events };
  };

  it(
    'begins with the accounts, told as when they registered, and goes on with what happens',
    { tags: ['event-bootstrap'] },
    async () => {
      const account = await service.register();
      const state = await read();
      expect(state.headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
      const { rows } = await service.pool.query<{ data: unknown }>('SELECT data FROM outbox_events');
      expect(state.events).toEqual([
        { type: 'account.registered.v1', subject: `accounts/${account.id}`, data: rows[0]?.data },
      ]);
      const tokens = await service.login(account);
      await service.call('DELETE', '/me', { token: tokens.access, body: { current_password: account.password } });
      const waited = await read(`?after=${state.next}&limit=5&wait=5`);
      const deleted = [
        { type: 'account.deleted.v1', subject: `accounts/${account.id}`, data: { account_id: account.id } },
      ];
      expect(waited.events).toEqual(deleted);
      expect((await read()).events).toEqual([]);
      expect((await read('?after=oldest')).events).toEqual(deleted);
    },
  );

  it(
    'is for services with the scope: no token, or a person’s, is refused',
    { tags: ['service-tokens-apart'] },
    async () => {
      const { tokens } = await service.person();
      expect(await service.call('GET', '//internal/events')).toMatchObject(problems.notAuthenticated);
      expect(await service.call('GET', '//internal/events', { token: tokens.access })).toMatchObject(
        problems.invalidToken,
      );
      const other = service.deps.serviceTokens.issue('task', 'tasks:write').token;
      expect((await service.call('GET', '//internal/events', { token: other })).status).toBe(403);
      for (const open of ['//internal/ended-sessions/changes', '//.well-known/jwks.json']) {
        expect((await service.call('GET', open)).status).toBe(200);
      }
    },
  );

  it.each(['?after=x', '?limit=0', '?limit=501', '?wait=31', '?wait=x', '?after=0-0&after=1-1'])(
    'refuses %s with 422',
    async (query) => {
      expect((await read(query)).status).toBe(422);
    },
  );

  it('answers 410 to a place that is older than the log', { tags: ['event-feed'] }, async () => {
    const start = await read();
    await service.register();
    await service.deps.store.events.prune(0, 100);
    const { status, text } = await read(`?after=${start.next.split('-').slice(0, 2).join('-')}`);
    expect([status, text]).toEqual([410, expect.stringContaining('CURSOR_EXPIRED')]);
  });
});
