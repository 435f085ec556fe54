import { randomBytes } from 'node:crypto';
import { EndedSessionChanges } from '@tasktracker/contracts';
import { Type, Value } from '@tasktracker/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccountAdministration } from '../src/profile/account-administration.ts';
import { nextCursor, type EndedSessionCursor } from '../src/sessions/ended-session-cursor.ts';
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

describe('ended sessions', () => {
  const masterKey = randomBytes(32);
  let clock: TestClock;
  let service: TestService;

  beforeEach(async () => {
    clock = new TestClock();
    service = await TestService.start({ clock: clock.now, masterKey });
  });
  afterEach(() => service.stop());

  /** All, by the list for the release before; the changes since the beginning name these, and for a minute longer. */
  async function ended(): Promise<{ sid: string; until: number }[]> {
    const { text } = await service.call('GET', '//internal/ended-sessions');
    const { sessions } = Value.Parse(EndedList, JSON.parse(text));
    const { sids } = await changes();
    expect(sids).toEqual(expect.arrayContaining(sessions.map(({ sid }) => sid)));
    return sessions;
  }

  async function changes(cursor?: string): Promise<{ sids: string[]; cursor: string; bytes: number }> {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const { text } = await service.call('GET', `//internal/ended-sessions/changes${query}`);
    const page = Value.Parse(EndedSessionChanges, JSON.parse(text));
    expect(page.has_more).toBe(false);
    const sids = page.ended.flatMap(({ sids: list }) => list.split(','));
    return { sids, cursor: page.next_cursor, bytes: text.length };
  }

  it('is empty while nobody has signed out', async () => {
    await service.person();
    expect(await ended()).toEqual([]);
  });

  it(
    'names a session that ended by logout, replay, request, password change, deactivation, deletion or one too many',
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

      const crowdedOut = await service.person();
      const env = { SESSIONS_PER_ACCOUNT: '1' };
      const strict = await TestService.start({ database: service.database, masterKey, clock: clock.now, env });
      await strict.login(crowdedOut.account);
      await strict.stop();

      expect(await ended()).toEqual([
        entryOf(loggedOut.tokens),
        entryOf(last),
        entryOf(byHand.tokens),
        entryOf(changed.tokens),
        entryOf(deactivated.tokens),
        entryOf(deleted.tokens),
        entryOf(crowdedOut.tokens),
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

  const signOut = ({ tokens }: { tokens: Tokens }) =>
    service.call('POST', '/logout', { body: { refresh_token: tokens.refresh } });

  describe('the changes since a cursor', () => {
    it('name what ended since, and are small when nothing did', async () => {
      const people = await Promise.all(Array.from({ length: 4 }, () => service.person()));
      const [one, two, three, four] = people.map(({ tokens }) => sidOf(tokens));
      for (const person of people.slice(0, 2)) await signOut(person);
      const first = await changes();
      expect(new Set(first.sids)).toEqual(new Set([one, two]));
      const nothing = await changes(first.cursor);
      expect(nothing.sids).toEqual([]);
      expect(nothing.bytes).toBeLessThan(150);
      await signOut({ tokens: people[2]?.tokens ?? { access: '', refresh: '' } });
      const third = await changes(nothing.cursor);
      expect(third.sids).toEqual([three]);
      expect(await changes(third.cursor)).toMatchObject({ sids: [] });
      expect([...first.sids, ...third.sids]).not.toContain(four);
    });

    it(
      'leave out nothing that commits late, and keep nothing back because of what is still running',
      { tags: ['ended-session-changes'] },
      async () => {
        const [early, late] = [await service.person(), await service.person()];
        const client = await service.pool.connect();
        await client.query('BEGIN');
        const end = `UPDATE sessions SET ended_at = now(), end_reason = 'signed_out' WHERE id = $1`;
        await client.query(end, [sidOf(late.tokens)]);
        await signOut(early);
        const before = await changes();
        expect(before.sids).toEqual([sidOf(early.tokens)]);
        const meanwhile = await changes(before.cursor);
        await client.query('COMMIT');
        client.release();
        const since = await changes(meanwhile.cursor);
        expect(since.sids).toContain(sidOf(late.tokens));
        expect(await changes(since.cursor)).toMatchObject({ sids: [] });
      },
    );

    it('lose none of many that end at once while somebody polls', { tags: ['ended-session-changes'] }, async () => {
      const count = 200;
      await service.pool.query(
        `INSERT INTO sessions (id, family_hash, token_hash, created_at, last_used_at, expires_at, access_expires_at,
           user_id)
         SELECT 1000000 + n, decode(lpad(to_hex(n), 64, '0'), 'hex'), decode(lpad('', 64, '0'), 'hex'), $1, $1,
           $1::timestamptz + interval '30 days', $1::timestamptz + interval '15 minutes', $2
         FROM generate_series(1, $3::int) AS n`,
        [clock.now(), (await service.register()).id, count],
      );
      const ids = Array.from({ length: count }, (_, n) => BigInt(1_000_001 + n));
      let running = true;
      const ending = Promise.all(
        ids.map((id) => service.deps.store.sessions.end({ id }, 'signed_out', clock.now())),
      ).finally(() => (running = false));
      const seen = new Set<string>();
      let page = await changes();
      let polls = 0;
      for (let isLast = false; !isLast; polls += 1) {
        isLast = !running;
        for (const sid of page.sids) seen.add(sid);
        page = await changes(page.cursor);
      }
      await ending;
      for (const sid of page.sids) seen.add(sid);
      expect(seen).toEqual(new Set(ids.map(String)));
      expect(polls).toBeGreaterThan(1);
    });

    it('come in pages, whether one transaction ended them or each its own', async () => {
      const people = await Promise.all(Array.from({ length: 5 }, () => service.person()));
      for (const person of people) await signOut(person);
      const together = ['90001', '90002', '90003', '90004', '90005'];
      await service.pool.query(
        `INSERT INTO ended_sessions (transaction_id, session_id, expiry_minute)
         SELECT pg_current_xact_id()::text::bigint, id, 2000000000 FROM unnest($1::bigint[]) AS id`,
        [together],
      );
      const found = new Set<string>();
      let cursor: EndedSessionCursor | undefined;
      const sizes: number[] = [];
      for (let hasMore = true; hasMore;) {
        const page = await service.deps.store.endedSessions.listSince(cursor, new Date(0), 3);
        const { ended: minutes } = Value.Parse(EndedSessionChanges, {
          ended: JSON.parse(page.ended),
          next_cursor: '',
          has_more: false,
        });
        const sids = minutes.flatMap(({ sids: text }) => text.split(','));
        sizes.push(sids.length);
        for (const sid of sids) found.add(sid);
        hasMore = page.moreAfter !== undefined;
        cursor = nextCursor(cursor, page);
      }
      // A page of several transactions ends before its last one, which the next page has again.
      expect(sizes).toEqual([3, 3, 3, 3, 2]);
      expect(found).toEqual(new Set([...people.map(({ tokens }) => sidOf(tokens)), ...together]));
    });

    it('begin anew for a cursor of another server, of an earlier history, or of no kind', async () => {
      const person = await service.person();
      await signOut(person);
      const { cursor } = await changes();
      const [server = '', timeline = ''] = (cursor.split('.')[0] ?? '').split('-');
      expect(timeline).toMatch(/^[\dA-F]{8}$/);
      for (const other of [`1-${timeline}.999999999`, `${server}-0000FFFF.999999999`, 'nonsense', '']) {
        expect(await changes(other)).toMatchObject({ sids: [sidOf(person.tokens)] });
      }
    });

    it('are forgotten with their sessions', async () => {
      await signOut(await service.person());
      expect((await changes()).sids).toHaveLength(1);
      clock.advance(17 * minute + 1000);
      expect(await changes()).toMatchObject({ sids: [] });
      await removeOldSessions(service.deps.store, clock.now());
      expect((await service.pool.query('SELECT 1 FROM ended_sessions')).rowCount).toBe(0);
    });
  });
});
