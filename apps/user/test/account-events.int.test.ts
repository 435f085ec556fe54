import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccountAdministration } from '../src/profile/account-administration.ts';
import { TestService, type TestAccount } from './user-service.ts';

interface LoggedEvent {
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

function told({ id, username, email }: TestAccount, fullName: string | null = null): object {
  return { account_id: id, username, email, full_name: fullName };
}

describe('the log of accounts', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await TestService.start();
  });
  afterAll(() => service.stop());

  async function eventsOf({ id }: Pick<TestAccount, 'id'>): Promise<LoggedEvent[]> {
    const { rows } = await service.pool.query<LoggedEvent>(
      'SELECT type, subject, data FROM outbox_events WHERE account_id = $1 ORDER BY horizon, position',
      [id],
    );
    return rows;
  }

  it('tells who registered, and never a password', { tags: ['account-events'] }, async () => {
    const account = await service.register();
    const subject = `accounts/${account.id}`;
    expect(await eventsOf(account)).toEqual([{ type: 'account.registered.v1', subject, data: told(account) }]);
  });

  it('tells nothing of a registration that was refused', async () => {
    const account = await service.register();
    await service.call('POST', '/register', { body: { ...account, username: 'another' } });
    expect(await eventsOf(account)).toHaveLength(1);
    const { rows } = await service.pool.query(`SELECT FROM outbox_events WHERE data->>'username' = 'another'`);
    expect(rows).toEqual([]);
  });

  it('tells what somebody changed that it tells of, and nothing else', { tags: ['account-events'] }, async () => {
    const { account, tokens } = await service.person();
    const token = tokens.access;
    await service.call('PATCH', '/me', { token, body: { full_name: 'Ada L' } });
    await service.call('PATCH', '/me', { token, body: { full_name: 'Ada L' } });
    const password = 'another horse battery';
    await service.call('PUT', '/me/password', {
      token,
      body: { current_password: account.password, new_password: password },
    });
    const [, updated, ...others] = await eventsOf(account);
    expect([updated?.type, updated?.data]).toEqual(['account.updated.v1', told(account, 'Ada L')]);
    expect(others).toEqual([]);
  });

  it('tells of changes whoever makes them, also by hand in the database', { tags: ['account-events'] }, async () => {
    const account = await service.register();
    await service.pool.query('UPDATE users SET full_name = $2 WHERE id = $1', [account.id, 'By Hand']);
    const administration = createAccountAdministration({ ...service.deps, note: () => undefined });
    const found = await administration.find(account.username);
    if (found) await administration.disable(found); // which no event tells of
    expect((await eventsOf(account)).map(({ type, data }) => [type, data])).toEqual([
      ['account.registered.v1', told(account)],
      ['account.updated.v1', told(account, 'By Hand')],
    ]);
  });

  it('of a deleted account has the deletion alone, with the id alone', { tags: ['account-events'] }, async () => {
    const { account, tokens } = await service.person();
    await service.call('DELETE', '/me', { token: tokens.access, body: { current_password: account.password } });
    const subject = `accounts/${account.id}`;
    expect(await eventsOf(account)).toEqual([
      { type: 'account.deleted.v1', subject, data: { account_id: account.id } },
    ]);
    const { rows } = await service.pool.query('SELECT FROM outbox_events WHERE data::text LIKE $1', [
      `%${account.email}%`,
    ]);
    expect(rows).toEqual([]);
  });

  it('is removed when it is old', async () => {
    await service.register();
    expect(await service.deps.store.events.prune(0, 1)).toBe(1);
  });
});
