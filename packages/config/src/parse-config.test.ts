import { Type, type TObject } from '@tasktracker/schema';
import { describe, expect, it } from 'vitest';
import { databaseVariables } from './database-variables.ts';
import { ConfigError, parseConfig, parseTogether } from './parse-config.ts';
import { serverVariables } from './server-variables.ts';
import { verifierVariables } from './token-variables.ts';

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65535, description: 'port to listen on' }),
  DRAIN_DELAY_MS: Type.Integer({ default: 0 }),
  DATABASE_URL: Type.String({ minLength: 1, description: 'postgres://…' }),
  NICKNAME: Type.Optional(Type.String()),
});

const read = (env: Record<string, string>) => () => parseConfig(schema, { DATABASE_URL: 'postgres://x', ...env });

function parseFaults(variables: TObject, env: Record<string, string>): readonly string[] {
  try {
    parseConfig(variables, env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults;
  }
}

describe('configuration', () => {
  it('is typed, camel-cased, completed by defaults and frozen', () => {
    const config = parseConfig(schema, { PORT: '8001', DATABASE_URL: 'postgres://x', UNRELATED: '1' });
    expect(config).toEqual({ port: 8001, drainDelayMs: 0, databaseUrl: 'postgres://x' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reports all faults at once, by name and without values', () => {
    let thrown: unknown;
    try {
      parseConfig(schema, { PORT: 'secret-port', DRAIN_DELAY_MS: '1.5', DATABASE_URL: '' });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    const { message } = thrown instanceof ConfigError ? thrown : new Error('not thrown');
    expect(message).toContain('PORT');
    expect(message).toContain('DRAIN_DELAY_MS');
    expect(message).toContain('DATABASE_URL is missing (postgres://…)');
    expect(message).not.toContain('secret-port');
  });

  it('reports the faults of two readers together', () => {
    expect(parseTogether(read({ PORT: '1' }), read({ PORT: '2' })).map(({ port }) => port)).toEqual([1, 2]);
    const faulty = () => parseTogether(read({ PORT: 'x' }), read({ PORT: '1', DRAIN_DELAY_MS: 'x' }));
    expect(faulty).toThrow(/PORT must be a whole number from 0 to 65535 .*\n +DRAIN_DELAY_MS must be a whole number/);
    const broken = () => parseTogether(read({ PORT: '1' }), () => JSON.parse('{'));
    expect(broken).toThrow(SyntaxError);
  });

  it('says what a variable takes in plain words, not in those of its schema', () => {
    const wrong = parseFaults(Type.Object({ ...serverVariables, ...databaseVariables, ...verifierVariables }), {
      PORT: '80a',
      LOG_LEVEL: 'loud',
      DRAIN_DELAY_MS: '-1',
      TRUSTED_PROXIES: 'loopback',
      DATABASE_URL: 'mysql://x',
      DATABASE_TLS: 'yes',
      DATABASE_POOL_SIZE: '0',
      JWKS_URL: 'user:8001',
      ENDED_SESSIONS_URL: 'http://',
      USER_SERVICE_URL: 'user',
    });
    expect(wrong).toEqual(
      expect.arrayContaining([
        'PORT must be a whole number from 0 to 65535 (port to listen on)',
        'LOG_LEVEL must be trace, debug, info, warn, error, fatal, or silent (lowest level that is logged)',
        expect.stringMatching(/^TRUSTED_PROXIES must be addresses or networks such as 10\.0\.0\.0\/8/),
        "DATABASE_URL must be postgres://… with the service's own role, SERVICE_app",
      ]),
    );
    for (const fault of wrong) expect(fault).not.toMatch(/integer|equal|constant|pattern|format|anyOf|[\^$\\]/);
    expect(wrong.map((fault) => fault.split(' ')[0])).toEqual(
      expect.arrayContaining(['DRAIN_DELAY_MS', 'DATABASE_TLS', 'DATABASE_POOL_SIZE']),
    );
  });

  it('refuses a URL that is not one', () => {
    const url = Type.Object({ A_URL: Type.String({ pattern: '^postgres://', format: 'url' }) });
    expect(parseConfig(url, { A_URL: 'postgres://user:word@host:5432/name' })).toHaveProperty('aUrl');
    expect(() => parseConfig(url, { A_URL: 'postgres://user:word@host:99999/name' })).toThrow(/^(?!.*word).*A_URL/s);
  });
});
