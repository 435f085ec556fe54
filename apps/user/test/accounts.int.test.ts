import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invalid, problems, TestService } from './user-service.ts';

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function valid(name: string): { email: string; username: string; password: string } {
  return { email: `${name}@example.com`, username: name, password: 'correct horse' };
}

describe('accounts', () => {
  const masterKey = randomBytes(32);
  let service: TestService;

  beforeAll(async () => {
    service = await TestService.start({ masterKey });
  });
  afterAll(() => service.stop());

  const register = (body: object | string) => service.call('POST', '/register', { body });

  const changePassword = (token: string, body: object) => service.call('PUT', '/me/password', { token, body });
  const remove = (token: string, body: object) => service.call('DELETE', '/me', { token, body });
  const insert = (email: string, username: string, fullName: string | null = null) =>
    service.pool.query(
      `INSERT INTO users (email, username, full_name, password_hash, created_at, updated_at)
       VALUES ($1, $2, $3, 'x', now(), now())`,
      [email, username, fullName],
    );

  describe('registration', () => {
    it('shows the account as typed, members in their order, and no password material', async () => {
      const { status, body, text } = await register({
        ...valid('Ada.L'),
        email: 'Ada@Example.COM',
        full_name: 'Ada L',
      });
      expect(status).toBe(201);
      expect(Object.keys(body)).toEqual([
        'email',
        'username',
        'full_name',
        'id',
        'is_active',
        'is_superuser',
        'created_at',
        'updated_at',
        'version',
      ]);
      expect(body).toMatchObject({
        email: 'Ada@Example.COM',
        username: 'Ada.L',
        full_name: 'Ada L',
        is_active: true,
        is_superuser: false,
        created_at: expect.stringMatching(timestamp),
      });
      expect(body['updated_at']).toBe(body['created_at']);
      expect(Number.isInteger(body['id'])).toBe(true);
      expect(text).not.toMatch(/password|argon2|correct horse/);
    });

    it('keeps full_name as sent: absent and null are null, empty is empty, 255 code points fit', async () => {
      expect((await register(valid('fn1'))).body['full_name']).toBeNull();
      expect((await register({ ...valid('fn2'), full_name: null })).body['full_name']).toBeNull();
      expect((await register({ ...valid('fn3'), full_name: '' })).body['full_name']).toBe('');
      expect((await register({ ...valid('fn4'), full_name: ' x ' })).body['full_name']).toBe(' x ');
      const long = '🙂'.repeat(255);
      expect((await register({ ...valid('fn5'), full_name: long })).body['full_name']).toBe(long);
    });

    it.each([
      ['email', { email: 'nobody' }],
      ['email', { email: 'a@b' }],
      [
        'email',
        { email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}.com` },
      ],
      ['email', { email: 3 }],
      ['username', { username: 'ab' }],
      ['username', { username: 'x'.repeat(101) }],
      ['username', { username: 'a b c' }],
      ['username', { username: 'ada@home' }],
      ['username', { username: null }],
      ['password', { password: '1234567' }],
      ['password', { password: '🙂'.repeat(7) }],
      ['password', { password: 'x'.repeat(129) }],
      ['password', { password: 12345678 }],
      ['full_name', { full_name: 'x'.repeat(256) }],
      ['full_name', { full_name: 7 }],
    ])('refuses a bad %s (%j)', async (field, change) => {
      expect(await register({ ...valid('refused'), ...change })).toMatchObject(invalid(`/${field}`));
    });

    it.each(['email', 'username', 'password'])('refuses a missing %s', async (field) => {
      const body: Record<string, unknown> = valid('refused');
      delete body[field];
      expect(await register(body)).toMatchObject(invalid(`/${field}`));
    });

    it('refuses a NUL character and what is not an object', async () => {
      expect(await register({ ...valid('refused'), full_name: 'a\0b' })).toMatchObject({ status: 422 });
      expect(await register([])).toMatchObject({ status: 422 });
      const headers = { 'content-type': 'application/json' };
      expect(await service.call('POST', '/register', { body: '{"email":', headers })).toMatchObject({ status: 422 });
    });

    it('takes passwords of 8 and of 128 code points', async () => {
      expect(await register({ ...valid('pw8'), password: '🙂'.repeat(8) })).toMatchObject({ status: 201 });
      expect(await register({ ...valid('pw128'), password: '🙂'.repeat(128) })).toMatchObject({ status: 201 });
    });

    it('counts the code points of what is compared: of the normalised password', async () => {
      const umlaut = 'o\u0308';
      expect(await register({ ...valid('nfc7'), password: umlaut.repeat(7) })).toMatchObject(invalid('/password'));
      expect(await register({ ...valid('nfc8'), password: umlaut.repeat(8) })).toMatchObject({ status: 201 });
      const longest = { ...valid('nfc128'), password: umlaut.repeat(128) };
      expect(await register(longest)).toMatchObject({ status: 201 });
      expect(await service.login({ ...longest, id: 0 })).toBeDefined();
      expect(await service.login({ ...longest, id: 0, password: '\u00f6'.repeat(128) })).toBeDefined();
      expect(await register({ ...valid('nfc129'), password: umlaut.repeat(129) })).toMatchObject(invalid('/password'));
    });

    it('ignores unknown fields: nobody makes themselves a superuser or picks an id', async () => {
      const { status, body } = await register({
        ...valid('mallory'),
        is_superuser: true,
        is_active: false,
        id: 424242,
        password_hash: 'x',
        current_password: 'known to other calls',
        new_password: 'known to other calls',
        created_at: '2000-01-01T00:00:00.000Z',
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({ is_superuser: false, is_active: true });
      expect(body['id']).not.toBe(424242);
      expect(body['created_at']).not.toMatch(/^2000/);
    });

    it('refuses a taken username or e-mail address in any case', async () => {
      await register({ ...valid('Taken'), email: 'jürgen@münchen.de' });
      expect(await register({ ...valid('tAKEN'), email: 'other1@example.com' })).toMatchObject(problems.accountTaken);
      expect(await register({ ...valid('other2'), email: 'JÜRGEN@MÜNCHEN.DE' })).toMatchObject(problems.accountTaken);
    });

    it.each([
      ['bücher.example', 'xn--bcher-kva.example'],
      ['xn--bucher-other-umb.example', 'XN--BUCHER-OTHER-UMB.example'],
      ['bu\u0308hne.example', 'b\u00fchne.example'],
      ['例え。テスト', '例え.テスト'],
      ['ｗｉｄｅ.example', 'wide.example'],
    ])('takes an e-mail address at %s for the same at %s, and shows it as typed', async (domain, respelled) => {
      const name = `idn-${Buffer.from(domain).toString('hex').slice(0, 12)}`;
      const email = `Ada.${name}@${domain}`;
      const answer = await register({ ...valid(name), email });
      expect(answer).toMatchObject({ status: 201, body: { email } });
      const again = { ...valid(`${name}-again`), email: `ada.${name}@${respelled}` };
      expect(await register(again)).toMatchObject(problems.accountTaken);
      expect(await service.login({ ...valid(name), id: 0, username: again.email })).toBeDefined();
      const other = await service.person();
      const body = { email: again.email, current_password: other.account.password };
      expect(await service.call('PATCH', '/me', { token: other.tokens.access, body })).toMatchObject(
        problems.accountTaken,
      );
    });

    it('takes local parts for the same in any composition and case, folded whole', async () => {
      await register({ ...valid('folded1'), email: 'ΟΔΟΣ.Straße.o\u0308@example.com' });
      const respelled = { ...valid('folded2'), email: 'οδος.STRASSE.\u00d6@example.com' };
      expect(await register(respelled)).toMatchObject(problems.accountTaken);
    });

    it('is a fault of ours, with a line in the log, when anything else is taken', async () => {
      const lines: string[] = [];
      const { database } = service;
      const replica = await TestService.start({ database, masterKey, onLogLine: (line) => lines.push(line) });
      await service.pool.query(`
        INSERT INTO users (id, email, username, password_hash, created_at, updated_at)
        SELECT nextval('users_id_seq') + 1, 'next@example.com', 'next', 'x', now(), now()`);
      const answer = await replica.call('POST', '/register', { body: valid('primary-key') });
      expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL_ERROR' } });
      expect(lines.join('')).toMatch(/"level":"error".*users_pkey/);
      expect(lines.join('')).not.toContain('primary-key@example.com');
      await replica.stop();
    });

    it('needs no token and ignores a bad one', async () => {
      const headers = { authorization: 'Bearer nonsense' };
      const answer = await service.call('POST', '/register', { body: valid('ignored'), headers });
      expect(answer.status).toBe(201);
    });

    it('gives one 201 to two hundred callers who want the same name at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          register({ ...valid(n % 2 === 0 ? 'Wanted' : 'wANTED'), email: `wanted${n}@example.com` }),
        ),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      // On a machine too slow for two hundred hashes in five seconds, the last are told to come back.
      const others = answers.filter(({ status }) => status !== 201);
      expect(others.map(({ status }) => status).filter((status) => status !== 400 && status !== 503)).toEqual([]);
    });
  });

  it('lets the shortest password be configured down to six', { tags: ['password-minimum'] }, async () => {
    const lenient = await TestService.start({ env: { PASSWORD_MIN_LENGTH: '6' } });
    const answer = await lenient.call('POST', '/register', { body: { ...valid('short'), password: '123456' } });
    expect(answer.status).toBe(201);
    expect(await lenient.call('POST', '/register', { body: { ...valid('short5'), password: '12345' } })).toMatchObject(
      invalid('/password'),
    );
    await lenient.stop();
  });

  describe('GET /me', () => {
    it('shows the account, with and without a trailing slash, whatever the case of Bearer', async () => {
      const { account, tokens } = await service.person();
      const answer = await service.call('GET', '/me', { token: tokens.access });
      expect(answer).toMatchObject({ status: 200, body: { id: account.id, username: account.username } });
      const again = await service.call('GET', '/me/', { headers: { authorization: `bEARER ${tokens.access}` } });
      expect(again.text).toBe(answer.text);
    });

    it('tells no token from a bad token', async () => {
      expect(await service.call('GET', '/me')).toMatchObject(problems.notAuthenticated);
      const basic = { authorization: 'Basic YTpi' };
      expect(await service.call('GET', '/me', { headers: basic })).toMatchObject(problems.notAuthenticated);
      expect(await service.call('GET', '/me', { token: 'nonsense' })).toMatchObject(problems.invalidToken);
      const { tokens } = await service.person();
      const tampered = `${tokens.access.slice(0, -3)}abc`;
      expect(await service.call('GET', '/me', { token: tampered })).toMatchObject(problems.invalidToken);
      expect(await service.call('GET', '/me', { token: tokens.refresh })).toMatchObject(problems.invalidToken);
    });
  });

  describe('PATCH /me', () => {
    it('changes only what is sent', async () => {
      const { tokens, account } = await service.person();
      const before = await service.call('GET', '/me', { token: tokens.access });
      const answer = await service.call('PATCH', '/me', { token: tokens.access, body: { full_name: 'New Name' } });
      expect(answer).toMatchObject({ status: 200, body: { full_name: 'New Name', username: account.username } });
      expect(answer.body['created_at']).toBe(before.body['created_at']);
      const after = await service.call('PATCH', '/me', {
        token: tokens.access,
        body: { username: `${account.username}X` },
      });
      expect(after.body).toMatchObject({ full_name: 'New Name', username: `${account.username}X` });
      expect(await service.call('PATCH', '/me', { token: tokens.access, body: { full_name: null } })).toMatchObject({
        status: 200,
        body: { full_name: null },
      });
    });

    it('leaves everything alone, updated_at too, when no value changes', async () => {
      const { tokens, account } = await service.person();
      const before = await service.call('GET', '/me', { token: tokens.access });
      for (const body of [
        {},
        { full_name: null },
        { username: account.username },
        { unknown: 1, is_superuser: true },
      ]) {
        expect((await service.call('PATCH', '/me', { token: tokens.access, body })).text).toBe(before.text);
      }
      const headers = { 'content-type': 'application/json' };
      expect((await service.call('PATCH', '/me', { token: tokens.access, headers })).text).toBe(before.text);
      expect((await service.call('PATCH', '/me', { token: tokens.access })).text).toBe(before.text);
    });

    it('moves updated_at when a value changes', async () => {
      const { tokens } = await service.person();
      const before = await service.call('GET', '/me', { token: tokens.access });
      await expect
        .poll(async () => {
          const body = { full_name: `${Date.now()}` };
          return (await service.call('PATCH', '/me', { token: tokens.access, body })).body['updated_at'];
        })
        .not.toBe(before.body['updated_at']);
    });

    it('changes the e-mail address only with the password', async () => {
      const { tokens, account } = await service.person();
      const email = `new-${account.email}`;
      const patch = (body: object) => service.call('PATCH', '/me', { token: tokens.access, body });
      expect(await patch({ email })).toMatchObject(problems.incorrectPassword);
      expect(await patch({ email, current_password: 'wrong' })).toMatchObject(problems.incorrectPassword);
      expect(await patch({ email, current_password: '' })).toMatchObject(problems.incorrectPassword);
      expect(await patch({ email, current_password: account.password })).toMatchObject({
        status: 200,
        body: { email },
      });
      expect(await service.login({ ...account, username: email })).toBeDefined();
    });

    it('refuses a wrong current_password even where none is needed', async () => {
      const { tokens } = await service.person();
      const body = { full_name: 'x', current_password: 'wrong' };
      expect(await service.call('PATCH', '/me', { token: tokens.access, body })).toMatchObject(
        problems.incorrectPassword,
      );
    });

    it('refuses names that somebody else has, in any case, and lets people respell their own', async () => {
      const other = await service.register();
      const { tokens, account } = await service.person();
      const patch = (body: object) => service.call('PATCH', '/me', { token: tokens.access, body });
      expect(await patch({ username: other.username.toUpperCase() })).toMatchObject(problems.accountTaken);
      const email = { email: other.email.toUpperCase(), current_password: account.password };
      expect(await patch(email)).toMatchObject(problems.accountTaken);
      const respelled = account.username.toUpperCase();
      expect(await patch({ username: respelled })).toMatchObject({ status: 200, body: { username: respelled } });
    });

    it.each([
      ['username', { username: 'ab' }],
      ['username', { username: null }],
      ['email', { email: 'nobody' }],
      ['email', { email: null }],
      ['full_name', { full_name: 3 }],
      ['current_password', { current_password: 3 }],
      ['current_password', { current_password: 'x'.repeat(129) }],
    ])('refuses a bad %s (%j)', async (field, body) => {
      const { tokens } = await service.person();
      expect(await service.call('PATCH', '/me', { token: tokens.access, body })).toMatchObject(invalid(`/${field}`));
    });

    it('loses no field when many fields change at once', async () => {
      const { tokens, account } = await service.person();
      const patch = (body: object) => service.call('PATCH', '/me', { token: tokens.access, body });
      await Promise.all([
        patch({ full_name: 'Parallel' }),
        patch({ username: `${account.username}-p` }),
        patch({ email: `p-${account.email}`, current_password: account.password }),
      ]);
      expect(await service.call('GET', '/me', { token: tokens.access })).toMatchObject({
        body: { full_name: 'Parallel', username: `${account.username}-p`, email: `p-${account.email}` },
      });
    });
  });

  describe('PUT /me/password', () => {
    it('changes the password, ends the other sessions and keeps this one', async () => {
      const { tokens, account } = await service.person();
      const other = await service.login(account);
      const body = { current_password: account.password, new_password: 'another password' };
      expect(await changePassword(tokens.access, body)).toMatchObject({ status: 204, text: '' });
      expect(await service.call('GET', '/me', { token: other.access })).toMatchObject(problems.invalidToken);
      expect(await service.refresh(other.refresh)).toMatchObject(problems.invalidToken);
      expect(await service.call('GET', '/me', { token: tokens.access })).toMatchObject({ status: 200 });
      expect(await service.refresh(tokens.refresh)).toMatchObject({ status: 200 });
      const { username, password } = account;
      const old = await service.call('POST', '/login', { body: { username, password } });
      expect(old).toMatchObject(problems.incorrectCredentials);
      expect(await service.login({ ...account, password: 'another password' })).toBeDefined();
    });

    it('refuses a wrong current password, and a missing or bad field', async () => {
      const { tokens, account } = await service.person();
      const good = { current_password: account.password, new_password: 'another password' };
      expect(await changePassword(tokens.access, { ...good, current_password: 'wrong' })).toMatchObject(
        problems.incorrectPassword,
      );
      expect(await changePassword(tokens.access, { new_password: 'another password' })).toMatchObject(
        invalid('/current_password'),
      );
      expect(await changePassword(tokens.access, { current_password: account.password })).toMatchObject(
        invalid('/new_password'),
      );
      expect(await changePassword(tokens.access, { ...good, new_password: '1234567' })).toMatchObject(
        invalid('/new_password'),
      );
      expect(await changePassword(tokens.access, {})).toMatchObject({ status: 422 });
    });

    it('lets one of many parallel changes win, and the last word is a password that works', async () => {
      const { tokens, account } = await service.person();
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, n) =>
          changePassword(tokens.access, { current_password: account.password, new_password: `parallel number ${n}` }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
        204, 400, 400, 400, 400,
      ]);
      const won = answers.findIndex(({ status }) => status === 204);
      expect(await service.login({ ...account, password: `parallel number ${won}` })).toBeDefined();
    });
  });

  it('takes a current password for the same however its letters are composed, wherever one is asked for', async () => {
    const composed = 'pa\u00dfw\u00f6rt-x';
    const decomposed = 'pa\u00dfwo\u0308rt-x';
    const account = await service.register({ password: composed });
    const { access: token } = await service.login(account);
    const email = { email: `nfc-${account.email}`, current_password: decomposed };
    expect(await service.call('PATCH', '/me', { token, body: email })).toMatchObject({ status: 200 });
    const change = { current_password: decomposed, new_password: `${decomposed}2` };
    expect(await changePassword(token, change)).toMatchObject({ status: 204 });
    const short = { current_password: `${composed}2`, new_password: 'o\u0308'.repeat(7) };
    expect(await changePassword(token, short)).toMatchObject(invalid('/new_password'));
    expect(await remove(token, { current_password: `${composed}2` })).toMatchObject({ status: 204 });
  });

  describe('DELETE /me', () => {
    it('ends every session and frees the names', async () => {
      const { tokens, account } = await service.person();
      const other = await service.login(account);
      expect(await remove(tokens.access, { current_password: account.password })).toMatchObject({
        status: 204,
        text: '',
      });
      for (const { access, refresh } of [tokens, other]) {
        expect(await service.call('GET', '/me', { token: access })).toMatchObject(problems.invalidToken);
        expect(await service.call('GET', '/sessions', { token: access })).toMatchObject(problems.invalidToken);
        expect(await service.refresh(refresh)).toMatchObject(problems.invalidToken);
      }
      const { username, email, password } = account;
      const login = await service.call('POST', '/login', { body: { username, password } });
      expect(login).toMatchObject(problems.incorrectCredentials);
      const again = await register({ username, email, password });
      expect(again.status).toBe(201);
      expect(again.body['id']).not.toBe(account.id);
    });

    it('refuses a wrong password and a missing one', async () => {
      const { tokens } = await service.person();
      expect(await remove(tokens.access, { current_password: 'wrong' })).toMatchObject(problems.incorrectPassword);
      expect(await remove(tokens.access, {})).toMatchObject(invalid('/current_password'));
      const headers = { 'content-type': 'application/json' };
      const empty = await service.call('DELETE', '/me', { token: tokens.access, headers });
      expect(empty).toMatchObject(invalid('/current_password'));
      expect(await service.call('DELETE', '/me', { token: tokens.access })).toMatchObject(invalid('/current_password'));
    });

    it('leaves nothing personal behind', async () => {
      const { tokens, account } = await service.person();
      await remove(tokens.access, { current_password: account.password });
      const users = await service.pool.query('SELECT 1 FROM users WHERE id = $1', [account.id]);
      expect(users.rowCount).toBe(0);
      const sessions = await service.pool.query(
        `SELECT user_id, user_agent FROM sessions WHERE end_reason = 'account_deleted' AND user_agent IS NOT NULL`,
      );
      expect(sessions.rowCount).toBe(0);
    });
  });

  describe('the database itself', () => {
    it.each([
      ['users_email_check', 'nobody', 'dbcheck', null],
      ['users_email_check', `${'a'.repeat(250)}@b.com`, 'dbcheck', null],
      ['users_username_check', 'db@example.com', 'ab', null],
      ['users_username_check', 'db@example.com', 'with space', null],
      ['users_username_check', 'db@example.com', 'line\nend', null],
      ['users_full_name_check', 'db@example.com', 'dbcheck', 'x'.repeat(256)],
    ])('refuses by %s: %s, %s', async (constraint, email, username, fullName) => {
      await expect(insert(email, username, fullName)).rejects.toMatchObject({ constraint });
    });

    it('holds names unique without regard to case', { tags: ['names-unique'] }, async () => {
      await insert('ÉMILE@example.com', 'Emile');
      await expect(insert('émile@EXAMPLE.com', 'other')).rejects.toMatchObject({ constraint: 'users_email_key' });
      await expect(insert('x@example.com', 'eMILE')).rejects.toMatchObject({ constraint: 'users_username_key' });
    });
  });
});
