import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { claimsOf, TestService, type TestAccount } from './user-service.ts';

let service: TestService;
let lines: string[];

beforeAll(async () => {
  lines = [];
  service = await TestService.start({ onLogLine: (line) => lines.push(line) });
});
afterAll(() => service.stop());
beforeEach(() => void lines.splice(0));

/**
 * The security events since the last look, `level event operation account session reason`; all have the client's
 * address.
 */
function events(): string[] {
  return lines
    .splice(0)
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === 'security event')
    .map(({ level, event, operation, account_id, session_id, reason, client_address }) => {
      expect(client_address).toBe('127.0.0.1');
      return [level, event, operation, account_id, session_id, reason].map((part) => part ?? '-').join(' ');
    });
}

function login(username: string, password: string) {
  return service.call('POST', '/login', { body: { username, password } });
}

it('of a sign-in and of each that is refused, by the account if it is known, never by what was typed', async () => {
  const account = await service.register();
  expect(events()).toEqual([`info account_created registerAccount ${account.id} - -`]);
  const { access } = await service.login(account);
  expect(events()).toEqual([`info signed_in login ${account.id} ${String(claimsOf(access)['sid'])} -`]);

  await login(account.username, 'typed-secret-password');
  await login('typed-secret-name', account.password);
  await login('typed-secret@example.com', account.password);
  await service.pool.query('UPDATE users SET is_active = false WHERE id = $1', [account.id]);
  await login(account.email, account.password);
  expect(lines.join('')).not.toMatch(/typed-secret/);
  for (const secret of [account.username, account.email, account.password])
    expect(lines.join('')).not.toContain(secret);
  expect(events()).toEqual([
    `warn sign_in_refused login ${account.id} - wrong_password`,
    'warn sign_in_refused login - - unknown_account',
    'warn sign_in_refused login - - unknown_account',
    `warn sign_in_refused login ${account.id} - inactive_account`,
  ]);
});

it('of refresh tokens that are refused or replayed, and of the end of a session', async () => {
  const { account, tokens } = await service.person();
  const session = String(claimsOf(tokens.access)['sid']);
  const next = await service.refresh(tokens.refresh);
  await service.refresh(String(next.body['refresh_token']));
  events();
  await service.refresh(tokens.refresh);
  expect(events()).toEqual([`warn refresh_replayed refreshSession ${account.id} ${session} -`]);
  await service.refresh(tokens.refresh);
  await service.refresh('nonsense');
  await service.refresh('A'.repeat(86));
  await service.call('GET', '/me', { token: tokens.access });
  expect(lines.join('')).not.toContain(tokens.refresh);
  expect(events()).toEqual([
    `warn refresh_refused refreshSession ${account.id} ${session} session_ended`,
    'warn refresh_refused refreshSession - - not_valid',
    'warn refresh_refused refreshSession - - not_valid',
    `warn token_refused getMe ${account.id} ${session} session_ended`,
  ]);

  const here = await service.login(account);
  const there = await service.login(account);
  events();
  const [hereId, thereId] = [here, there].map(({ access }) => String(claimsOf(access)['sid']));
  await service.call('DELETE', `/sessions/${thereId}`, { token: here.access });
  await service.call('POST', '/logout', { body: { refresh_token: here.refresh } });
  await service.call('POST', '/logout', { body: { refresh_token: here.refresh } });
  expect(events()).toEqual([
    `info session_ended endSession ${account.id} ${thereId} -`,
    `info signed_out logout ${account.id} ${hereId} -`,
  ]);
});

it('of what is done to an account, and of each wrong password on the way', async () => {
  const { account, tokens } = await service.person();
  const token = tokens.access;
  const session = String(claimsOf(token)['sid']);
  const everything = async ({ email, password }: Pick<TestAccount, 'email' | 'password'>) => {
    await service.call('PATCH', '/me', { token, body: { full_name: 'Secret Name' } });
    await service.call('PATCH', '/me', { token, body: {} });
    await service.call('PATCH', '/me', { token, body: { email, current_password: 'wrong-secret' } });
    await service.call('PATCH', '/me', { token, body: { email, current_password: account.password } });
    const change = { current_password: account.password, new_password: password };
    await service.call('PUT', '/me/password', { token, body: { ...change, current_password: 'wrong-secret' } });
    await service.call('PUT', '/me/password', { token, body: change });
    await service.call('DELETE', '/me', { token, body: { current_password: 'wrong-secret' } });
    await service.call('DELETE', '/me', { token, body: { current_password: password } });
  };
  events();
  await everything({ email: 'secret-new@example.com', password: 'secret-new-password' });
  expect(lines.join('')).not.toMatch(/secret/i);
  const wrong = (operation: string) => `warn password_refused ${operation} ${account.id} - wrong_password`;
  expect(events()).toEqual([
    `info account_changed updateMe ${account.id} - -`,
    wrong('updateMe'),
    `info email_changed updateMe ${account.id} - -`,
    wrong('changePassword'),
    `info password_changed changePassword ${account.id} ${session} -`,
    wrong('deleteMe'),
    `info account_deleted deleteMe ${account.id} - -`,
  ]);
});

it('of a client that may not introspect', async () => {
  const headers = { authorization: `Basic ${Buffer.from('typed-secret:typed-secret').toString('base64')}` };
  await service.call('POST', '/introspect', { form: { token: 'x' }, headers });
  expect(events()).toEqual(['warn client_refused introspectToken - - -']);
});
