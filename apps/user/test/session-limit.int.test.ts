import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, problems, TestService, type TestAccount } from './user-service.ts';

describe('sessions of one account', () => {
  const env = { SESSIONS_PER_ACCOUNT: '3', SIGN_IN_FAILURES_PER_ACCOUNT: '0' };
  const shared = { masterKey: randomBytes(32), env };
  let one: TestService;
  let other: TestService;

  beforeAll(async () => {
    one = await TestService.start(shared);
    other = await TestService.start({ ...shared, database: one.database });
  });
  afterAll(async () => {
    await other.stop();
    await one.stop();
  });

  async function liveOf({ id }: TestAccount): Promise<string[]> {
    const { rows } = await one.pool.query<{ id: string }>(
      'SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL ORDER BY id',
      [id],
    );
    return rows.map((row) => row.id);
  }

  it('are as many as is configured: the oldest ends when one more begins', { tags: ['session-limit'] }, async () => {
    const account = await one.register();
    const tokens = [];
    for (let n = 0; n < 5; n += 1) tokens.push(await (n % 2 === 0 ? one : other).login(account));
    const ids = tokens.map(({ access }) => String(claimsOf(access)['sid']));
    expect(await liveOf(account)).toEqual(ids.slice(2));
    expect(await one.call('GET', '/me', { token: tokens[1]?.access })).toMatchObject(problems.invalidToken);
    expect(await one.refresh(tokens[1]?.refresh ?? '')).toMatchObject(problems.invalidToken);
    expect(await one.call('GET', '/me', { token: tokens[2]?.access })).toMatchObject({ status: 200 });
    const { text } = await one.call('GET', '//internal/ended-sessions/changes');
    for (const id of ids.slice(0, 2)) expect(text).toContain(id);
  });

  it('are no more when many begin at once', { tags: ['session-limit'] }, async () => {
    const account = await one.register();
    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : other).login(account)));
    expect(await liveOf(account)).toHaveLength(3);
  });

  it('of another account are left alone', async () => {
    const [account, neighbour] = [await one.register(), await one.person()];
    for (let n = 0; n < 4; n += 1) await one.login(account);
    expect(await liveOf(neighbour.account)).toHaveLength(1);
  });
});
