import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccountAdministration } from '../src/profile/account-administration.ts';
import { parseAdminCommand, runAdminCommand, UsageFault } from '../src/admin-command.ts';
import { problems, TestService } from './user-service.ts';

const entry = fileURLToPath(new URL('../src/admin.ts', import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe("the operator's command", () => {
  let service: TestService;
  const notes: string[] = [];

  beforeAll(async () => {
    service = await TestService.start();
  });
  afterAll(() => service.stop());

  function inProcess(args: string[], password = ''): Promise<string> {
    const administration = createAccountAdministration({
      ...service.deps,
      note: (event, accountId) => notes.push(`${event} ${accountId}`),
    });
    return runAdminCommand(parseAdminCommand(args), {
      administration,
      passwordMinLength: 8,
      readPassword: async () => password,
    });
  }

  async function user(args: string[], input = '', env: Record<string, string> = {}): Promise<Outcome> {
    const child = spawn(process.execPath, [entry, ...args], {
      env: {
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        DATABASE_URL: service.database.appUrl,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.on('error', () => undefined).end(input);
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out, err };
  }

  it(
    'disables an account: signed out everywhere, told so at GET /me alone, and enabled again it may sign in',
    { tags: ['inactive-account', 'deactivated-everywhere'] },
    async () => {
      const { account, tokens } = await service.person();
      const token = tokens.access;
      const { username, password, email } = account;
      expect(await user(['disable', username.toUpperCase()])).toEqual({
        code: 0,
        out: `${username} is disabled and signed out everywhere.\n`,
        err: expect.stringContaining(`"event":"account_disabled","operation":"admin","account_id":"${account.id}"`),
      });
      expect(await service.call('GET', '/me', { token })).toMatchObject(problems.inactiveUser);
      expect(await service.call('PATCH', '/me', { token, body: {} })).toMatchObject(problems.invalidToken);
      expect(await service.call('GET', '/sessions', { token })).toMatchObject(problems.invalidToken);
      expect(await service.call('DELETE', '/me', { token, body: { current_password: password } })).toMatchObject(
        problems.invalidToken,
      );
      expect(await service.refresh(tokens.refresh)).toMatchObject(problems.invalidToken);
      const login = await service.call('POST', '/login', { body: { username, password } });
      expect(login).toMatchObject(problems.incorrectCredentials);
      expect(await inProcess(['disable', username])).toBe(`${username} was disabled already.`);

      expect(await inProcess(['enable', email])).toBe(`${username} is enabled and may sign in again.`);
      expect(await service.call('GET', '/me', { token })).toMatchObject(problems.invalidToken);
      expect(await service.login(account)).toBeDefined();
      expect(await inProcess(['enable', email])).toBe(`${username} was enabled already.`);
      expect(notes.splice(0)).toEqual([`account_enabled ${account.id}`]);
    },
  );

  it('sets a password from standard input and ends every session', async () => {
    const { account, tokens } = await service.person();
    expect(await user(['set-password', account.username], 'chosen by an operator\nignored\n')).toMatchObject({
      code: 0,
      out: `${account.username} has a new password and is signed out everywhere.\n`,
    });
    expect(await service.call('GET', '/me', { token: tokens.access })).toMatchObject(problems.invalidToken);
    expect(await service.login({ ...account, password: 'chosen by an operator' })).toBeDefined();
  });

  it('sets a password that is the same however its letters are composed', async () => {
    const account = await service.register();
    await inProcess(['set-password', ` ${account.email.toUpperCase()} `], 'o\u0308'.repeat(128));
    expect(await service.login({ ...account, password: '\u00f6'.repeat(128) })).toBeDefined();
    expect(notes.splice(0)).toEqual([`password_set ${account.id}`]);
  });

  it('refuses a password of the wrong length, or none, and changes nothing', async () => {
    const { account, tokens } = await service.person();
    for (const password of ['short', 'o\u0308'.repeat(7), 'x'.repeat(129), 'nul \0 inside']) {
      await expect(inProcess(['set-password', account.username], password)).rejects.toThrow(
        'A password has 8 to 128 characters.',
      );
    }
    expect(await user(['set-password', account.username])).toEqual({
      code: 1,
      out: '',
      err: 'no password came on standard input\n',
    });
    expect(await service.call('GET', '/me', { token: tokens.access })).toMatchObject({ status: 200 });
  });

  it('says in a sentence what is wrong', async () => {
    await expect(inProcess(['disable', 'nobody'])).rejects.toThrow('There is no account nobody.');
    for (const args of [[], ['disable'], ['remove', 'x'], ['disable', ' '], ['disable', 'x', 'y']]) {
      expect(() => parseAdminCommand(args)).toThrow(UsageFault);
    }
    expect(await user(['frobnicate'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^There is no command frobnicate\.\n\nUsage: user disable/),
    });
    expect(await user(['disable', 'x'], '', { DATABASE_URL: '' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/DATABASE_URL is missing/),
    });
    expect(await user(['disable', 'x'], '', { DATABASE_URL: 'postgres://127.0.0.1:1/x' })).toEqual({
      code: 1,
      out: '',
      err: "The database that DATABASE_URL names can't be reached.\n",
    });
    const wrongPassword = new URL(service.database.appUrl);
    wrongPassword.password = 'not-this-one';
    expect(await user(['disable', 'x'], '', { DATABASE_URL: wrongPassword.href })).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^The database that DATABASE_URL names does not let us in: password.*\.\n$/),
    });
  });
});
