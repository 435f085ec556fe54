import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccountAdministration } from '../src/profile/account-administration.ts';
import { removeOldSessions } from '../src/sessions/session-housekeeping.ts';
import { endReasons, type EndReason } from '../src/sessions/session.ts';
import { claimsOf, TestClock, TestService, tokensOf, type Tokens } from './user-service.ts';

const minute = 60_000;
const EndedList = Type.Object({ sessions: Type.Array(Type.Object({ sid: Type.String(), until: Type.Integer() })) });

function sidOf({ access }: Tokens): string {
  return String(claimsOf(access)['sid']);
}

function entryOf(tokens: Tokens): { sid: string; until: number } {
  return { sid: sidOf(tokens), until: Number(claimsOf(tokens.access)['exp']) };
}

describe('the list of ended sessions that verifiers poll', () => {
  const masterKey = randomBytes(32);
  let clock: TestClock;
  let service: TestService;

  beforeEach(async () => {
    clock = new TestClock();
    service = await TestService.start({ clock: clock.now, masterKey });
  });
  afterEach(() => service.stop());

  async function ended(): Promise<{ sid: string; until: number }[]> {
    const { text } = await service.call('GET', '//internal/ended-sessions');
    return Value.Parse(EndedList, JSON.parse(text)).sessions;
  }

  it('is empty while nobody has signed out', async () => {
    await service.person();
    expect(await ended()).toEqual([]);
  });

  it(
    'names a session that ended by logout, replay, request, password change, deactivation or deletion',
    { tags: ['deactivated-everywhere'] },
    async () => {
      const loggedOut = await service.person();
      await service.call('POST', '/logout', { body: { refresh_token: loggedOut.tokens.refresh } });

      const replayed = await service.person();
      const next = tokensOf(await service.refresh(replayed.tokens.refresh));
      const last = tokensOf(await service.refresh(next.refresh));
      await service.refresh(replayed.tokens.refresh);

      const byHand = await service.person();
      const current = await service.login(byHand.account);
      await service.call('DELETE', `/sessions/${sidOf(byHand.tokens)}`, { token: current.access });

      const changed = await service.person();
      const kept = await service.login(changed.account);
      const passwords = { current_password: changed.account.password, new_password: 'another password' };
      await service.call('PUT', '/me/password', { token: kept.access, body: passwords });

      const deactivated = await service.person();
      const administration = createAccountAdministration({ ...service.deps, note: () => undefined });
      const account = await administration.find(deactivated.account.username);
      if (account) await administration.disable(account);

      const deleted = await service.person();
      const body = { current_password: deleted.account.password };
      await service.call('DELETE', '/me', { token: deleted.tokens.access, body });

      expect(await ended()).toEqual([
        entryOf(loggedOut.tokens),
        entryOf(last),
        entryOf(byHand.tokens),
        entryOf(changed.tokens),
        entryOf(deactivated.tokens),
        entryOf(deleted.tokens),
      ]);
      const { rows } = await service.pool.query<{ end_reason: EndReason | null }>('SELECT end_reason FROM sessions');
      expect(new Set(rows.map((row) => row.end_reason))).toEqual(new Set([null, ...endReasons]));
    },
  );

  it('names the expiry of the last access token of a session, and forgets it a minute after that', async () => {
    const { tokens } = await service.person();
    clock.advance(10 * minute);
    const next = tokensOf(await service.refresh(tokens.refresh));
    await service.call('POST', '/logout', { body: { refresh_token: next.refresh } });
    expect(await ended()).toEqual([entryOf(next)]);
    clock.advance(15 * minute);
    expect(await ended()).toEqual([entryOf(next)]);
    clock.advance(minute + 1);
    expect(await ended()).toEqual([]);
  });

  it('goes by the longest-lived access token of a session, even if later ones have a shorter life', async () => {
    const { database } = service;
    const [before, since] = [
      await TestService.start({ database, masterKey, clock: clock.now, env: { ACCESS_TOKEN_EXPIRE_MINUTES: '60' } }),
      await TestService.start({ database, masterKey, clock: clock.now, env: { ACCESS_TOKEN_EXPIRE_MINUTES: '5' } }),
    ];
    const { tokens } = await before.person();
    const next = tokensOf(await since.refresh(tokens.refresh));
    const retried = tokensOf(await since.refresh(tokens.refresh));
    expect(retried.refresh).toBe(next.refresh);
    await since.call('POST', '/logout', { body: { refresh_token: next.refresh } });
    expect(await ended()).toEqual([entryOf(tokens)]);
    await before.stop();
    await since.stop();
  });

  it('answers 304 as long as nothing new ended', async () => {
    const { tokens } = await service.person();
    const first = await service.call('GET', '//internal/ended-sessions');
    const headers = { 'if-none-match': String(first.headers['etag']) };
    expect(await service.call('GET', '//internal/ended-sessions', { headers })).toMatchObject({
      status: 304,
      text: '',
    });
    await service.call('POST', '/logout', { body: { refresh_token: tokens.refresh } });
    expect(await service.call('GET', '//internal/ended-sessions', { headers })).toMatchObject({ status: 200 });
  });

  it('survives housekeeping, which removes only what nobody needs, in batches', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => service.person()));
    const live = await service.person();
    for (const { tokens } of people) {
      await service.call('POST', '/logout', { body: { refresh_token: tokens.refresh } });
    }
    expect(await removeOldSessions(service.deps.store, clock.now())).toBe(0);
    expect(await ended()).toHaveLength(5);
    clock.advance(16 * minute + 1000);
    expect(await ended()).toEqual([]);
    const limits = { batchSize: 2, maxBatches: 2 };
    expect(await removeOldSessions(service.deps.store, clock.now(), limits)).toBe(4);
    expect(await removeOldSessions(service.deps.store, clock.now(), limits)).toBe(1);
    const next = await service.refresh(live.tokens.refresh);
    expect(next.status).toBe(200);
    clock.advance(31 * 24 * 60 * minute);
    expect(await removeOldSessions(service.deps.store, clock.now())).toBe(1);
    expect((await service.pool.query('SELECT 1 FROM sessions')).rowCount).toBe(0);
  });

  it('leaves housekeeping to the replica that began it', async () => {
    await service.person();
    clock.advance(31 * 24 * 60 * minute);
    await service.deps.store.transaction(async ({ sessions }) => {
      expect(await sessions.tryHousekeepingLock()).toBe(true);
      expect(await removeOldSessions(service.deps.store, clock.now())).toBe(0);
    });
    expect(await removeOldSessions(service.deps.store, clock.now())).toBe(1);
  });
});
