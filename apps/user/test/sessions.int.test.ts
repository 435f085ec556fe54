import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPasswordHasher } from '../src/passwords/password-hasher.ts';
import { cheapHashing, claimsOf, invalid, problems, TestClock, TestService, tokensOf } from './user-service.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

describe('sessions', () => {
  const masterKey = randomBytes(32);
  let service: TestService;

  beforeAll(async () => {
    service = await TestService.start({ masterKey });
  });
  afterAll(() => service.stop());

  const login = (body: object) => service.call('POST', '/login', { body });
  const logout = (refreshToken: string) => service.call('POST', '/logout', { body: { refresh_token: refreshToken } });

  describe('login', () => {
    it('gives tokens by username or e-mail address, in any case, that nobody may store', async () => {
      const { username, email, password } = await service.register();
      for (const name of [username, username.toUpperCase(), email, email.toUpperCase()]) {
        const answer = await login({ username: name, password });
        expect(answer).toMatchObject({
          status: 200,
          headers: { 'cache-control': 'no-store' },
          body: { token_type: 'bearer', expires_in: 900 },
        });
        expect(Object.keys(answer.body)).toEqual(['access_token', 'token_type', 'expires_in', 'refresh_token']);
      }
    });

    it('takes the OAuth2 password form as well', async () => {
      const { username, password } = await service.register({ password: 'plus + and & and ü' });
      const form = { grant_type: 'password', username, password, scope: '', client_id: 'docs', client_secret: '' };
      expect(await service.call('POST', '/login', { form })).toMatchObject({ status: 200 });
      expect(await service.call('POST', '/login', { form: { username, password } })).toMatchObject({ status: 200 });
      expect(
        await service.call('POST', '/login', { form: { ...form, grant_type: 'client_credentials' } }),
      ).toMatchObject(invalid('/grant_type'));
      expect(await service.call('POST', '/login', { form: { username } })).toMatchObject(invalid('/password'));
      const twice = { body: `username=${username}&username=b&password=${password}` };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await service.call('POST', '/login', { ...twice, headers })).toMatchObject(invalid('/username'));
      const nul = { body: `username=${username}%00&password=x` };
      expect(await service.call('POST', '/login', { ...nul, headers })).toMatchObject({ status: 422 });
    });

    it('takes no form that is compressed, or claims to be', async () => {
      const { username, password } = await service.register();
      const headers = { 'content-encoding': 'gzip' };
      expect(await service.call('POST', '/login', { form: { username, password }, headers })).toMatchObject({
        status: 415,
        headers: { 'accept-encoding': 'identity' },
      });
    });

    it('takes an empty parameter of the form for an omitted one, and refuses bytes that are not text', async () => {
      const { username, password } = await service.register();
      const empty = { grant_type: '', scope: '', client_id: '', client_secret: '' };
      expect(await service.call('POST', '/login', { form: { ...empty, username, password } })).toMatchObject({
        status: 200,
      });
      const nobody = { ...empty, username: '', password };
      expect(await service.call('POST', '/login', { form: nobody })).toMatchObject(invalid('/username'));
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      for (const escaped of ['%E9', '%C3&password=%A9', '%ED%A0%80']) {
        const body = `password=${password}&username=${escaped}`;
        expect(await service.call('POST', '/login', { body, headers })).toMatchObject(invalid(''));
      }
      const escaped = `username=${username}&password=${password}&scope=%C3%A9`;
      expect(await service.call('POST', '/login', { body: escaped, headers })).toMatchObject({ status: 200 });
    });

    it('takes the name for the same with white space around it, in another case and another composition', async () => {
      const { email, password } = await service.register({ username: 'Kim.Zoe', email: 'Zoe\u0301@example.com' });
      for (const name of [
        'Kim.Zoe',
        ' kim.zoe\t',
        '\u00a0KIM.ZOE\u2003\n',
        '\u212aim.zoe',
        email,
        ` ZO\u00c9@EXAMPLE.COM. `,
      ]) {
        expect(await login({ username: name, password })).toMatchObject({ status: 200 });
      }
      expect(await login({ username: 'kim. zoe', password })).toMatchObject(problems.incorrectCredentials);
      const spaces = ' '.repeat(300);
      expect(await login({ username: `${spaces}kim.zoe${spaces}`, password })).toMatchObject({ status: 200 });
    });

    it('takes a password for the same however its letters are composed', async () => {
      const composed = 'pa\u00dfw\u00f6rt-x';
      const decomposed = 'pa\u00dfwo\u0308rt-x';
      const one = await service.register({ password: composed });
      expect(await service.login({ ...one, password: decomposed })).toBeDefined();
      const other = await service.register({ password: decomposed });
      expect(await service.login({ ...other, password: composed })).toBeDefined();
      const { username } = other;
      const form = { username, password: decomposed };
      expect(await service.call('POST', '/login', { form })).toMatchObject({ status: 200 });
    });

    it('lets in people whose hash is of the password as typed, and makes a new hash', async () => {
      const decomposed = 'pa\u00dfwo\u0308rt-x';
      const account = await service.register();
      const { hash } = await import('@node-rs/argon2');
      const old = await hash(decomposed, cheapHashing);
      await service.pool.query('UPDATE users SET password_hash = $1 WHERE id = $2', [old, account.id]);
      const composed = { ...account, password: 'pa\u00dfw\u00f6rt-x' };
      const { username, password } = composed;
      expect(await login({ username, password })).toMatchObject(problems.incorrectCredentials);
      await service.login({ ...account, password: decomposed });
      expect(await login({ username, password })).toMatchObject({ status: 200 });
    });

    it('takes no other media type', async () => {
      const headers = { 'content-type': 'text/plain' };
      expect(await service.call('POST', '/login', { body: 'x', headers })).toMatchObject({ status: 415 });
    });

    it(
      'answers alike to a wrong password, an unknown name and an inactive account',
      { tags: ['wrong-login'] },
      async () => {
        const known = await service.register();
        const inactive = await service.register();
        await service.pool.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
        const answers = await Promise.all([
          login({ username: known.username, password: 'wrong password' }),
          login({ username: 'nobody-at-all', password: 'wrong password' }),
          login({ username: 'nobody@example.com', password: 'wrong password' }),
          login({ username: inactive.username, password: inactive.password }),
          login({ username: '', password: '' }),
        ]);
        for (const answer of answers) {
          expect(answer).toMatchObject(problems.incorrectCredentials);
          expect({ ...answer.body, request_id: '' }).toEqual({ ...answers[0]?.body, request_id: '' });
        }
      },
    );

    it('refuses missing, mistyped and over-long input before looking anything up', async () => {
      expect(await login({ username: 'x' })).toMatchObject(invalid('/password'));
      expect(await login({ username: 3, password: 'x' })).toMatchObject(invalid('/username'));
      expect(await login({ username: 'x'.repeat(256), password: 'x' })).toMatchObject(invalid('/username'));
      expect(await login({ username: 'x', password: 'x'.repeat(129) })).toMatchObject(invalid('/password'));
    });

    it('ignores any Authorization, good or bad', async () => {
      const { account, tokens } = await service.person();
      const { username, password } = account;
      for (const authorization of ['Bearer nonsense', `Bearer ${tokens.access}`, 'Basic eA==', 'nonsense']) {
        const headers = { authorization };
        expect(await service.call('POST', '/login', { body: { username, password }, headers })).toMatchObject({
          status: 200,
        });
      }
    });

    it('makes a new hash when the old one has other parameters', async () => {
      const account = await service.register();
      const { hash } = await import('@node-rs/argon2');
      const old = await hash(account.password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
      await service.pool.query('UPDATE users SET password_hash = $1 WHERE id = $2', [old, account.id]);
      const inProduction = await TestService.start({
        database: service.database,
        masterKey,
        hasher: await createPasswordHasher(),
      });
      await inProduction.login(account);
      const { rows } = await service.pool.query('SELECT password_hash FROM users WHERE id = $1', [account.id]);
      expect(rows[0].password_hash).toContain('m=19456,t=2,p=1');
      await inProduction.login(account);
      await inProduction.stop();
    });

    it('opens no session past a password change or deactivation that is under way', async () => {
      const account = await service.register();
      const { rows } = await service.pool.query('SELECT password_hash FROM users WHERE id = $1', [account.id]);
      const client = await service.pool.connect();
      await client.query('BEGIN');
      await client.query('UPDATE users SET is_active = false WHERE id = $1', [account.id]);
      const { username, password } = account;
      const attempt = login({ username, password });
      // The login has checked the password and now waits for the account's row.
      await expect
        .poll(async () => {
          const waiting = await service.pool.query(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          return waiting.rowCount;
        })
        .toBe(1);
      await client.query('COMMIT');
      client.release();
      expect(await attempt).toMatchObject(problems.incorrectCredentials);
      expect(rows).toHaveLength(1);
    });
  });

  describe('refresh', () => {
    it('trades a token for new ones of the same session', async () => {
      const { tokens } = await service.person();
      const answer = await service.refresh(tokens.refresh);
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: { token_type: 'bearer', expires_in: 900 },
      });
      const next = tokensOf(answer);
      expect(next.refresh).not.toBe(tokens.refresh);
      expect(claimsOf(next.access)['sid']).toBe(claimsOf(tokens.access)['sid']);
      expect(await service.call('GET', '/me', { token: next.access })).toMatchObject({ status: 200 });
    });

    it(
      'gives the same successor again while it is unused, and ends the family at a replay after that',
      { tags: ['refresh-replay'] },
      async () => {
        const { tokens } = await service.person();
        const first = tokensOf(await service.refresh(tokens.refresh));
        const again = tokensOf(await service.refresh(tokens.refresh));
        expect(again.refresh).toBe(first.refresh);
        const second = tokensOf(await service.refresh(first.refresh));
        expect(await service.refresh(tokens.refresh)).toMatchObject(problems.invalidToken);
        expect(await service.refresh(second.refresh)).toMatchObject(problems.invalidToken);
        expect(await service.call('GET', '/me', { token: second.access })).toMatchObject(problems.invalidToken);
      },
    );

    it('makes one family of two hundred parallel refreshes, all with the same successor', async () => {
      const { tokens } = await service.person();
      const answers = await Promise.all(Array.from({ length: 200 }, () => service.refresh(tokens.refresh)));
      expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
      const successors = new Set(answers.map((answer) => tokensOf(answer).refresh));
      expect(successors.size).toBe(1);
      const sessions = new Set(answers.map((answer) => claimsOf(tokensOf(answer).access)['sid']));
      expect(sessions.size).toBe(1);
      const [successor = ''] = successors;
      expect(await service.refresh(successor)).toMatchObject({ status: 200 });
    });

    it('refuses unknown tokens, access tokens and bad bodies', async () => {
      const { tokens } = await service.person();
      expect(await service.refresh('nonsense')).toMatchObject(problems.invalidToken);
      expect(await service.refresh(tokens.access)).toMatchObject(problems.invalidToken);
      expect(await service.refresh('A'.repeat(86))).toMatchObject(problems.invalidToken);
      expect(await service.call('POST', '/refresh', { body: {} })).toMatchObject(invalid('/refresh_token'));
      expect(await service.call('POST', '/refresh', { body: { refresh_token: 3 } })).toMatchObject(
        invalid('/refresh_token'),
      );
      expect(await service.refresh(tokens.refresh)).toMatchObject({ status: 200 });
    });

    it('ignores any Authorization', async () => {
      const { tokens } = await service.person();
      const headers = { authorization: 'Bearer nonsense' };
      const body = { refresh_token: tokens.refresh };
      expect(await service.call('POST', '/refresh', { body, headers })).toMatchObject({ status: 200 });
    });

    it('stores no token', async () => {
      const { tokens } = await service.person();
      const next = tokensOf(await service.refresh(tokens.refresh));
      const { rows } = await service.pool.query('SELECT sessions::text AS row FROM sessions');
      const stored = rows.map(({ row }) => String(row)).join('\n');
      for (const token of [tokens.refresh, next.refresh]) {
        const bytes = Buffer.from(token, 'base64url');
        expect(stored).not.toContain(token);
        expect(stored).not.toContain(bytes.subarray(0, 32).toString('hex'));
        expect(stored).not.toContain(bytes.subarray(32).toString('hex'));
      }
    });
  });

  describe('with time passing', () => {
    it('gives a lost reply again for ten seconds and no longer', { tags: ['refresh-retry'] }, async () => {
      const clock = new TestClock();
      const timed = await TestService.start({ clock: clock.now });
      const { tokens } = await timed.person();
      const first = tokensOf(await timed.refresh(tokens.refresh));
      clock.advance(10_000);
      expect(tokensOf(await timed.refresh(tokens.refresh)).refresh).toBe(first.refresh);
      clock.advance(1);
      expect(await timed.refresh(tokens.refresh)).toMatchObject(problems.invalidToken);
      expect(await timed.refresh(first.refresh)).toMatchObject(problems.invalidToken);
      await timed.stop();
    });

    it('ends a family after thirty days, however busy it was', { tags: ['family-lifetime'] }, async () => {
      const clock = new TestClock(Date.now() - 31 * day);
      const timed = await TestService.start({ clock: clock.now });
      const { tokens } = await timed.person();
      let { refresh } = tokens;
      for (let days = 0; days < 29; days += 1) {
        clock.advance(day);
        refresh = tokensOf(await timed.refresh(refresh)).refresh;
      }
      clock.advance(day - 5 * minute);
      const last = await timed.refresh(refresh);
      expect(last.body['expires_in']).toBeLessThanOrEqual(300); // no access token outlives its session
      clock.advance(5 * minute);
      expect(await timed.refresh(tokensOf(last).refresh)).toMatchObject(problems.invalidToken);
      await timed.stop();
    });

    it('refuses an access token that has expired', { tags: ['ended-token'] }, async () => {
      const clock = new TestClock(Date.now() - 16 * minute);
      const timed = await TestService.start({ clock: clock.now });
      const { tokens } = await timed.person();
      expect(await timed.call('GET', '/me', { token: tokens.access })).toMatchObject(problems.invalidToken);
      await timed.stop();
    });

    it('lets access tokens live as long as configured', { tags: ['token-lifetime'] }, async () => {
      const longer = await TestService.start({ env: { ACCESS_TOKEN_EXPIRE_MINUTES: '60' } });
      const { account, tokens } = await longer.person();
      const { exp, iat } = claimsOf(tokens.access);
      expect(Number(exp) - Number(iat)).toBe(3600);
      const { username, password } = account;
      const answer = await longer.call('POST', '/login', { body: { username, password } });
      expect(answer.body['expires_in']).toBe(3600);
      await longer.stop();
    });
  });

  describe('logout', () => {
    it('ends the session at once, is idempotent, and answers the same for an unknown token', async () => {
      const { tokens } = await service.person();
      expect(await logout(tokens.refresh)).toMatchObject({ status: 204, text: '' });
      expect(await service.call('GET', '/me', { token: tokens.access })).toMatchObject(problems.invalidToken);
      expect(await service.refresh(tokens.refresh)).toMatchObject(problems.invalidToken);
      expect(await logout(tokens.refresh)).toMatchObject({ status: 204 });
      expect(await logout('nonsense')).toMatchObject({ status: 204 });
      expect(await service.call('POST', '/logout', { body: {} })).toMatchObject(invalid('/refresh_token'));
      const headers = { authorization: 'Bearer nonsense' };
      const body = { refresh_token: 'nonsense' };
      expect(await service.call('POST', '/logout', { body, headers })).toMatchObject({ status: 204 });
    });

    it('leaves the other sessions alone', async () => {
      const { account, tokens } = await service.person();
      const other = await service.login(account);
      await logout(tokens.refresh);
      expect(await service.call('GET', '/me', { token: other.access })).toMatchObject({ status: 200 });
    });
  });

  describe('the list of sessions', () => {
    it('shows the live ones only, tells which is current, and keeps the user agent', async () => {
      const account = await service.register();
      // Node gives and takes the bytes of a header as latin1.
      const userAgent = Buffer.from('  Läptop/1.0 €😀  ').toString('latin1');
      const laptop = await service.login(account, { 'user-agent': userAgent });
      const phone = await service.login(account, { 'user-agent': 'x'.repeat(5000) });
      const gone = await service.login(account);
      await logout(gone.refresh);
      const { status, text } = await service.call('GET', '/sessions', { token: laptop.access });
      expect(status).toBe(200);
      const sessions: unknown = JSON.parse(text);
      const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(sessions).toEqual([
        {
          id: Number(claimsOf(phone.access)['sid']),
          created_at: timestamp,
          last_used_at: timestamp,
          user_agent: 'x'.repeat(255),
          current: false,
        },
        {
          id: Number(claimsOf(laptop.access)['sid']),
          created_at: timestamp,
          last_used_at: timestamp,
          user_agent: 'Läptop/1.0 €😀',
          current: true,
        },
      ]);
      expect(text).toMatch(/^\[\{"id":\d+,"created_at":.*,"last_used_at":.*,"user_agent":.*,"current":false\}/);
    });

    it("hides somebody else's session behind the same 404 as an unknown one", async () => {
      const one = await service.person();
      const other = await service.person();
      const end = (id: string) => service.call('DELETE', `/sessions/${id}`, { token: one.tokens.access });
      const foreign = await end(String(claimsOf(other.tokens.access)['sid']));
      const unknown = await end('999999999');
      expect(foreign).toMatchObject(problems.sessionNotFound);
      expect({ ...foreign.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
      expect(await service.call('GET', '/me', { token: other.tokens.access })).toMatchObject({ status: 200 });
      for (const impossible of ['0', '-1', '9223372036854775808', '9'.repeat(50)]) {
        expect(await end(impossible)).toMatchObject(problems.sessionNotFound);
      }
      for (const bad of ['abc', '1.5', '1e3', '%20']) expect(await end(bad)).toMatchObject({ status: 422 });
    });

    it('ends a session at once, also the current one, and only once', async () => {
      const { account, tokens } = await service.person();
      const other = await service.login(account);
      const end = (sid: unknown, token: string) => service.call('DELETE', `/sessions/${String(sid)}`, { token });
      const otherId = claimsOf(other.access)['sid'];
      expect(await end(otherId, tokens.access)).toMatchObject({ status: 204, text: '' });
      expect(await service.call('GET', '/me', { token: other.access })).toMatchObject(problems.invalidToken);
      expect(await service.refresh(other.refresh)).toMatchObject(problems.invalidToken);
      expect(await end(otherId, tokens.access)).toMatchObject(problems.sessionNotFound);
      expect(await end(claimsOf(tokens.access)['sid'], tokens.access)).toMatchObject({ status: 204 });
      expect(await service.call('GET', '/sessions', { token: tokens.access })).toMatchObject(problems.invalidToken);
    });
  });
});
