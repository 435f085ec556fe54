import { createDeadline, withDeadline } from '@tasktracker/deadline';
import { createTestDatabase } from '@tasktracker/embedded-postgres/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBackground } from '../src/background.ts';
import { startSeverableProxy, type SeverableProxy } from './severable-proxy.ts';
import { claimsOf, TestService } from './user-service.ts';

const unavailable = {
  status: 503,
  headers: { 'retry-after': '1' },
  body: { code: 'SERVICE_UNAVAILABLE', detail: 'Service unavailable' },
};

describe('the service in operation', () => {
  let proxy: SeverableProxy;
  let service: TestService;
  let lines: string[];

  beforeEach(async () => {
    const database = await createTestDatabase();
    proxy = await startSeverableProxy(database.appUrl);
    lines = [];
    service = await TestService.start({
      database,
      env: { DATABASE_URL: proxy.url },
      onLogLine: (line) => lines.push(line),
    });
  });
  afterEach(async () => {
    await service.stop();
    await proxy.cut();
    await service.database.drop();
  });

  it('says who it is', async () => {
    expect(await service.call('GET', '//')).toMatchObject({ body: { service: 'user-service', status: 'running' } });
    expect((await service.call('GET', '//health')).body).toEqual({ status: 'healthy', service: 'user-service' });
  });

  it('is ready with its schema and its keys, and not without its database', { tags: ['readiness'] }, async () => {
    expect(await service.call('GET', '//readyz')).toMatchObject({ status: 200 });
    await proxy.cut();
    await expect.poll(async () => (await service.call('GET', '//readyz')).status).toBe(503);
    expect(await service.call('GET', '//healthz')).toMatchObject({ status: 200 });
    await proxy.mend();
    await expect.poll(async () => (await service.call('GET', '//readyz')).status).toBe(200);
  });

  it('is not ready on an empty database, nor before it has keys', async () => {
    const admin = new Client({ connectionString: service.database.migrateUrl });
    await admin.connect();
    await admin.query('DELETE FROM _prisma_migrations');
    await admin.end();
    await expect.poll(async () => (await service.call('GET', '//readyz')).status).toBe(503);
  });

  it(
    'answers 503 with a time to come back while the database is away, and heals',
    { tags: ['upstream-down'] },
    async () => {
      const { account, tokens } = await service.person();
      await proxy.cut();
      const { username, password, email } = account;
      const token = tokens.access;
      expect(await service.call('POST', '/login', { body: { username, password } })).toMatchObject(unavailable);
      expect(await service.call('POST', '/register', { body: { username: 'new', email, password } })).toMatchObject(
        unavailable,
      );
      expect(await service.refresh(tokens.refresh)).toMatchObject(unavailable);
      expect(await service.call('GET', '/me', { token })).toMatchObject(unavailable);
      expect(await service.call('POST', '/validate-token', { body: { token } })).toMatchObject(unavailable);
      const change = { current_password: password, new_password: 'another password' };
      expect(await service.call('PUT', '/me/password', { token, body: change })).toMatchObject(unavailable);
      expect(await service.call('GET', '//internal/ended-sessions')).toMatchObject(unavailable);
      expect(await service.call('GET', '//.well-known/jwks.json')).toMatchObject({ status: 200 });
      await proxy.mend();
      expect(await service.call('GET', '/me', { token })).toMatchObject({ status: 200 });
      expect(await service.refresh(tokens.refresh)).toMatchObject({ status: 200 });
    },
  );

  it('answers whoever has time left, though somebody else who reads at the same moment has none', async () => {
    const [{ account: hasty }, { account: patient }] = [await service.person(), await service.person()];
    const { accounts, sessions } = service.deps.store;
    const [spent, family] = [createDeadline(60_000), Buffer.alloc(32)];
    spent.abandon();
    const reads = (id: number): Promise<unknown> =>
      Promise.all([accounts.find(BigInt(id)), accounts.findByName('nobody'), sessions.findByFamily(family)]);
    const late = withDeadline(spent, () => reads(hasty.id));
    const read = withDeadline(createDeadline(60_000), () => reads(patient.id));
    await expect(late).rejects.toThrow('timeout exceeded');
    expect(await read).toMatchObject([{ username: patient.username }, undefined, undefined]);
  });

  it('waits for a database that is not there yet when it starts, and stops its timers at the end', async () => {
    await proxy.cut();
    const warnings: string[] = [];
    const log = {
      debug: () => undefined,
      info: () => undefined,
      warn: (_facts: object, message: string) => warnings.push(message),
      error: (_facts: object, message: string) => warnings.push(message),
    };
    const background = await startBackground(service.deps, { eventRetentionDays: 30 }, log);
    expect(warnings).toEqual(['signing keys could not be read']);
    await background.stop();
  });

  it('logs who did what, and never a password, token, e-mail address or body', async () => {
    const password = 'log-secret-password';
    const account = await service.register({ username: 'logged', email: 'log-secret@example.com', password });
    const tokens = await service.login(account);
    const token = tokens.access;
    const secrets = ['log-secret', tokens.access, tokens.refresh, 'Bearer'];
    const remember = (answer: { text: string }) => {
      secrets.push(
        ...[...answer.text.matchAll(/"(?:access|refresh)_token":"([^"]+)"/g)].map((match) => match[1] ?? ''),
      );
      return answer;
    };
    const next = remember(await service.refresh(tokens.refresh));
    await service.register({ username: 'logged', email: 'log-secret@example.com', password }).catch(() => undefined);
    const wrong = { username: 'log-secret@example.com', password: 'log-secret-wrong' };
    await service.call('POST', '/login', { body: wrong });
    await service.call('POST', '/login', { body: { username: 3, password } });
    await service.call('GET', '/me', { token });
    await service.call('GET', `/me?token=${token}&email=log-secret@example.com`, { token });
    await service.call('GET', '/me', { token: 'log-secret-token' });
    await service.call('PATCH', '/me', {
      token,
      body: { email: 'log-secret2@example.com', current_password: password },
    });
    const change = { current_password: password, new_password: 'log-secret-new' };
    await service.call('PUT', '/me/password', { token, body: change });
    await service.call('POST', '/validate-token', { body: { token } });
    await service.call('POST', '/introspect', { form: { token }, headers: { authorization: 'Basic log-secret' } });
    await service.call('GET', '/sessions', { token });
    await service.call('DELETE', `/sessions/${String(claimsOf(token)['sid'])}`, { token });
    await service.call('POST', '/logout', { body: { refresh_token: tokens.refresh } });

    // Faults too: the database away, and a schema that nobody expected.
    await proxy.cut();
    await service.call('POST', '/login', { body: { username: 'log-secret@example.com', password } });
    await service.call('POST', '/register', {
      body: { username: 'other', email: 'log-secret3@example.com', password },
    });
    await proxy.mend();
    const owner = new Client({ connectionString: service.database.migrateUrl });
    await owner.connect();
    await owner.query('ALTER TABLE users DROP COLUMN full_name');
    await owner.end();
    const broken = { username: 'other', email: 'log-secret3@example.com', password };
    const answer = await service.call('POST', '/register', { body: broken });
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL_ERROR', detail: 'Internal server error' } });
    expect(answer.text).not.toMatch(/column|full_name|prisma|users/i);

    const log = lines.join('');
    expect(next.text).toContain('access_token');
    expect(log).toContain('"operation":"login"');
    expect(log).toContain(`"user_id":"${account.id}"`);
    expect(log).toContain('"level":"error"');
    for (const secret of secrets) expect(log).not.toContain(secret);
  });
});
