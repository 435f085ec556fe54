import type { TokenKeys } from '@tasktracker/auth';
import { createTokenIssuer } from '@tasktracker/auth/testing';
import { createTestDatabase } from '@tasktracker/embedded-postgres/testing';
import { createLogger, type ServiceApp } from '@tasktracker/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../src/app.ts';
import { parseSampleConfig } from '../src/config.ts';
import { openDeps, type Deps } from '../src/deps.ts';

const issuer = createTokenIssuer();
const keys: TokenKeys = { publicKey: () => Promise.resolve(issuer.publicKeyPem), isEnded: () => false };
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let deps: Deps;
let app: ServiceApp;

beforeAll(async () => {
  database = await createTestDatabase();
  const urls = { DATABASE_URL: database.appUrl, USER_SERVICE_URL: 'http://nowhere.invalid' };
  const config = parseSampleConfig({ PORT: '0', ...urls });
  const log = createLogger('sample-service', 'silent');
  deps = openDeps(config, log);
  app = await buildApp(config, { ...deps, keys }, log);
});

afterAll(async () => {
  await app.close();
  await deps.close();
  await database.drop();
});

const as = (userId: string) => ({ authorization: `Bearer ${issuer.token({ sub: userId })}` });
const create = (userId: string, body: object, headers = {}) =>
  app.inject({ method: 'POST', url: '/api/v1/sample/', headers: { ...as(userId), ...headers }, payload: body });
const textsOf = async (userId: string): Promise<string[]> => {
  const answer = await app.inject({ url: '/api/v1/sample', headers: as(userId) });
  return answer.json<{ items: { text: string }[] }>().items.map(({ text }) => text);
};

describe('entries', () => {
  it('are kept for their owner alone, and listed newest first', async () => {
    const answer = await create('7', { text: 'one' });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ text: 'one', id: 1, created_at: expect.stringMatching(/\.\d{3}Z$/) });
    await create('7', { text: 'two' });
    expect(await textsOf('7')).toEqual(['two', 'one']);
    expect(await textsOf('8')).toEqual([]);
  });

  it('sent again with their key are answered again, and kept once', async () => {
    const headers = { 'idempotency-key': 'mine' };
    const [first, again] = [await create('9', { text: 'once' }, headers), await create('9', { text: 'once' }, headers)];
    expect([again.statusCode, again.body]).toEqual([201, first.body]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await textsOf('9')).toEqual(['once']);
  });

  it('without a text are 422', async () => {
    expect((await create('7', { text: '' })).statusCode).toBe(422);
  });

  it('ask for a good token', async () => {
    const answer = await app.inject('/api/v1/sample');
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  it('are ready once the database has its schema', async () => {
    expect((await app.inject('/readyz')).statusCode).toBe(200);
  });
});
