import { describe, expect, it } from 'vitest';
import { toServiceEnvironment } from './service-environment.ts';

const listening = ['gateway', 'user', 'task', 'stats'].map((name, index) => ({
  name,
  serviceName: name,
  port: 18_000 + index,
  url: `http://localhost:${18_000 + index}`,
}));

function environmentOf(name: string, ownEnv: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const service = listening.find((each) => each.name === name);
  if (service === undefined) throw new Error(`no service ${name}`);
  const databaseUrl = name === 'task' ? 'postgres://task_app@h/tasktracker_task' : undefined;
  return toServiceEnvironment(service, ownEnv, {
    listening,
    keyEncryptionKeyFile: '/data/key',
    serviceClientsDir: '/data/clients',
    databaseUrl,
  });
}

describe("a service's environment", () => {
  it('names just the services it calls', () => {
    expect(environmentOf('stats')).toEqual({
      HOST: 'localhost',
      PORT: '18003',
      TRUSTED_PROXIES: '127.0.0.0/8,::1',
      USER_SERVICE_URL: 'http://127.0.0.1:18001',
      TASK_SERVICE_URL: 'http://127.0.0.1:18002',
    });
  });

  it('has a database only where one is owned', () => {
    expect(environmentOf('task')['DATABASE_URL']).toBe('postgres://task_app@h/tasktracker_task');
    expect(environmentOf('user')).not.toHaveProperty('DATABASE_URL');
  });

  it('gives the key that protects signing keys to the user service alone', { tags: ['one-signer'] }, () => {
    expect(environmentOf('user')['KEY_ENCRYPTION_KEY_FILE']).toBe('/data/key');
    for (const name of ['gateway', 'task', 'stats'])
      expect(environmentOf(name)).not.toHaveProperty('KEY_ENCRYPTION_KEY_FILE');
  });

  it(
    'gives the secrets of services to the user service, and to each that hears of events its own',
    { tags: ['service-secrets'] },
    () => {
      expect(environmentOf('user')).toMatchObject({ SERVICE_CLIENTS_DIR: '/data/clients' });
      expect(environmentOf('task')).toMatchObject({ SERVICE_SECRET_FILE: '/data/clients/task' });
      for (const name of ['gateway', 'user', 'stats'])
        expect(environmentOf(name)).not.toHaveProperty('SERVICE_SECRET_FILE');
      for (const name of ['gateway', 'task', 'stats'])
        expect(environmentOf(name)).not.toHaveProperty('SERVICE_CLIENTS_DIR');
    },
  );

  it(
    'lets browsers of the contract and of this gateway in, unless the person says otherwise',
    { tags: ['cors-origins'] },
    () => {
      expect(environmentOf('gateway')['CORS_ORIGINS']).toBe(
        'http://localhost:3000,http://localhost:8000,http://localhost:18000',
      );
      expect(environmentOf('gateway', { CORS_ORIGINS: 'https://tt.example' })['CORS_ORIGINS']).toBe(
        'https://tt.example',
      );
    },
  );

  it('lets the services trust the gateway, and leaves it to the person whom the gateway trusts', () => {
    expect(environmentOf('gateway')).not.toHaveProperty('TRUSTED_PROXIES');
    const ownEnv = { TRUSTED_PROXIES: '192.0.2.0/24' };
    expect(environmentOf('gateway', ownEnv)['TRUSTED_PROXIES']).toBe('192.0.2.0/24');
    expect(environmentOf('user', ownEnv)['TRUSTED_PROXIES']).toBe('127.0.0.0/8,::1');
  });

  it('uses no other issuer of tokens that the shell may name', () => {
    const environment = environmentOf('stats', { JWKS_URL: 'https://other.example/jwks.json', USER_SERVICE_URL: 'x' });
    expect(environment['JWKS_URL']).toBeUndefined();
    expect(environment['USER_SERVICE_URL']).toBe('http://127.0.0.1:18001');
  });

  it('passes on what the person sets, but not over what the stack decides', () => {
    expect(environmentOf('task', { LOG_LEVEL: 'debug', PORT: '1' })).toMatchObject({
      LOG_LEVEL: 'debug',
      PORT: '18002',
    });
  });
});
