import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@tasktracker/embedded-postgres/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { headerOf, problems, TestClock, TestService, tokensOf } from './user-service.ts';

const second = 1_000;
const minute = 60 * second;
const rotateEachMinute = { SIGNING_KEY_ROTATION_MINUTES: '1', ACCESS_TOKEN_EXPIRE_MINUTES: '1' };

function kidsOf(service: TestService): string[] {
  return service.deps.keys.published().keys.map(({ kid }) => kid);
}

describe('signing keys', () => {
  const masterKey = randomBytes(32);
  let database: TestDatabase;
  let clock: TestClock;
  let running: TestService[];

  beforeEach(async () => {
    database = await createTestDatabase();
    clock = new TestClock();
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((service) => service.stop()));
    await database.drop();
  });

  async function replica(env: Record<string, string> = {}): Promise<TestService> {
    const service = await TestService.start({ database, masterKey, clock: clock.now, env });
    running.push(service);
    return service;
  }

  it('are one when several replicas start at once on an empty database, and it signs at once', async () => {
    const replicas = await Promise.all(Array.from({ length: 5 }, () => replica()));
    const kids = new Set(replicas.flatMap(kidsOf));
    expect(kids.size).toBe(1);
    for (const service of replicas) expect(service.deps.keys.isReady()).toBe(true);
    const [first, ...others] = replicas;
    const person = await first?.person();
    for (const other of others) {
      expect(await other.call('GET', '/me', { token: person?.tokens.access })).toMatchObject({ status: 200 });
    }
  });

  it('survive a restart', async () => {
    const before = await replica();
    const { tokens } = await before.person();
    const after = await replica();
    expect(kidsOf(after)).toEqual(kidsOf(before));
    expect(await after.call('GET', '/me', { token: tokens.access })).toMatchObject({ status: 200 });
  });

  it(
    'rotate each minute without a single false 401, published a minute before they sign',
    { tags: ['key-rotation'] },
    async () => {
      const replicas = [await replica(rotateEachMinute), await replica(rotateEachMinute)] as const;
      const account = await replicas[0].register();
      const publishedAt = new Map(kidsOf(replicas[0]).map((kid) => [kid, 0]));
      const signedWith = new Set<string>();
      let live: { token: string; expiresAt: number }[] = [];
      const publishedFor: number[] = [];
      let checks = 0;
      for (let tick = 0; tick < 5 * 60; tick += 5) {
        clock.advance(5 * second);
        const [issuer, other] = tick % 2 === 0 ? replicas : [replicas[1], replicas[0]];
        await issuer.deps.keys.refresh();
        if (tick % 4 === 0) await other.deps.keys.refresh(); // one looks less often than the other
        for (const service of replicas) {
          for (const kid of kidsOf(service)) if (!publishedAt.has(kid)) publishedAt.set(kid, clock.now().getTime());
        }
        const { access } = await issuer.login(account);
        const kid = String(headerOf(access)['kid']);
        if (!signedWith.has(kid)) publishedFor.push(clock.now().getTime() - (publishedAt.get(kid) ?? 0));
        signedWith.add(kid);
        live = [...live, { token: access, expiresAt: clock.now().getTime() + minute }];
        live = live.filter(({ expiresAt }) => expiresAt > clock.now().getTime());
        for (const service of replicas) {
          for (const { token } of live) {
            checks += 1;
            expect(await service.call('GET', '/me', { token })).toMatchObject({ status: 200 });
          }
        }
      }
      // The clock moves in steps of five seconds.
      expect(Math.min(...publishedFor)).toBeGreaterThanOrEqual(minute - 5 * second);
      expect(checks).toBeGreaterThan(1000);
      expect(signedWith.size).toBeGreaterThanOrEqual(4);
      expect(kidsOf(replicas[0]).length).toBeLessThanOrEqual(6); // the old ones were removed
    },
  );

  it(
    'stay published until the last token they signed has expired, even if tokens got shorter meanwhile',
    { tags: ['key-rotation'] },
    async () => {
      const long = await replica({ SIGNING_KEY_ROTATION_MINUTES: '1', ACCESS_TOKEN_EXPIRE_MINUTES: '60' });
      const [first] = kidsOf(long);
      const { tokens } = await long.person();
      const short = await replica(rotateEachMinute);
      for (let minutes = 0; minutes < 55; minutes += 1) {
        clock.advance(minute);
        if (minutes % 5 === 0) await short.deps.keys.refresh();
      }
      expect(kidsOf(short)).toContain(first);
      expect(await short.call('GET', '/me', { token: tokens.access })).toMatchObject({ status: 200 });
      clock.advance(15 * minute);
      await short.deps.keys.refresh();
      expect(kidsOf(short)).not.toContain(first);
    },
  );

  it('are stored with their private half encrypted', { tags: ['one-signer'] }, async () => {
    const service = await replica();
    const { rows } = await service.pool.query('SELECT signing_keys::text AS row, sealed_private_key FROM signing_keys');
    const [{ row, sealed_private_key: sealed }] = rows;
    expect(String(row)).not.toContain('PRIVATE KEY');
    expect(Buffer.from(sealed).includes('PRIVATE KEY')).toBe(false);
  });

  it('refuse to start with another encryption key, name its variable, and leave the table alone', async () => {
    const before = await replica();
    await expect(TestService.start({ database, masterKey: randomBytes(32), clock: clock.now })).rejects.toThrow(
      /KEY_ENCRYPTION_KEY_FILE/,
    );
    await before.deps.keys.refresh();
    expect(kidsOf(before)).toHaveLength(1);
  });

  it('are published with an ETag, for a short while to keep, and 304 when nothing changed', async () => {
    const service = await replica(rotateEachMinute);
    const first = await service.call('GET', '//.well-known/jwks.json');
    expect(first).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=15' } });
    const headers = { 'if-none-match': String(first.headers['etag']) };
    expect(await service.call('GET', '//.well-known/jwks.json', { headers })).toMatchObject({ status: 304, text: '' });
    clock.advance(minute);
    await service.deps.keys.refresh();
    const changed = await service.call('GET', '//.well-known/jwks.json', { headers });
    expect(changed).toMatchObject({ status: 200 });
    expect(changed.text).not.toContain('"d"');
  });

  it('are not called unknown by a replica that has not looked for a minute', async () => {
    const busy = await replica(rotateEachMinute);
    const stale = await replica(rotateEachMinute);
    const { account, tokens } = await busy.person();
    clock.advance(minute);
    await busy.deps.keys.refresh();
    clock.advance(minute);
    await busy.deps.keys.refresh();
    const next = tokensOf(
      await busy.call('POST', '/login', { body: { username: account.username, password: account.password } }),
    );
    expect(headerOf(next.access)['kid']).not.toBe(headerOf(tokens.access)['kid']);
    expect(await stale.call('GET', '/me', { token: next.access })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    });
    await stale.deps.keys.refresh();
    expect(await stale.call('GET', '/me', { token: next.access })).toMatchObject({ status: 200 });
    const foreign = await TestService.start();
    const stranger = await foreign.person();
    expect(await stale.call('GET', '/me', { token: stranger.tokens.access })).toMatchObject(problems.invalidToken);
    await foreign.stop();
  });
});
