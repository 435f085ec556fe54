import { createRemoteKeys, type RemoteKeys } from '@tasktracker/auth';
import { createTokenIssuer, startKeySource, type KeySource } from '@tasktracker/auth/testing';
import { createLogger, type ServiceApp } from '@tasktracker/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../src/app.ts';
import { parseSampleConfig } from '../src/config.ts';

const issuer = createTokenIssuer();
let source: KeySource;
let keys: RemoteKeys;
let app: ServiceApp;

beforeAll(async () => {
  source = await startKeySource([issuer.jwk]);
  const config = parseSampleConfig({ PORT: '0', USER_SERVICE_URL: source.userServiceUrl });
  const log = createLogger('sample-service', 'silent');
  keys = createRemoteKeys({ source: config, log });
  app = await buildApp(config, { keys }, log);
  void keys.start();
});

afterAll(async () => {
  await app.close();
  await keys.close();
  await source.close();
});

describe('GET /api/v1/sample', () => {
  it.each(['/api/v1/sample', '/api/v1/sample/'])('tells at %s who is asking', async (url) => {
    const authorization = `Bearer ${issuer.token({ sub: '42' })}`;
    const answer = await app.inject({ url, headers: { authorization } });
    expect([answer.statusCode, answer.json()]).toEqual([200, { caller_id: 42 }]);
  });

  it('answers 401 without a good token', async () => {
    const answer = await app.inject('/api/v1/sample');
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });
});
