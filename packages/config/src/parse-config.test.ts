import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig, parseTogether } from './parse-config.ts';

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65535, description: 'port to listen on' }),
  DRAIN_DELAY_MS: Type.Integer({ default: 0 }),
  DATABASE_URL: Type.String({ minLength: 1, description: 'postgres://…' }),
  NICKNAME: Type.Optional(Type.String()),
});

const read = (env: Record<string, string>) => () => parseConfig(schema, { DATABASE_URL: 'postgres://x', ...env });

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
    expect(faulty).toThrow(/PORT must be integer .*\n +DRAIN_DELAY_MS must be integer/);
    const broken = () => parseTogether(read({ PORT: '1' }), () => JSON.parse('{'));
    expect(broken).toThrow(SyntaxError);
  });

  it('takes nothing for a URL that is none', () => {
    const url = Type.Object({ A_URL: Type.String({ pattern: '^postgres://', format: 'url' }) });
    expect(parseConfig(url, { A_URL: 'postgres://user:word@host:5432/name' })).toHaveProperty('aUrl');
    expect(() => parseConfig(url, { A_URL: 'postgres://user:word@host:99999/name' })).toThrow(/^(?!.*word).*A_URL/s);
  });
});
