import { apiServices, recordOf } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { corsOrigins, parseGatewayConfig } from './config.ts';

const env = {
  PORT: '8000',
  ...recordOf(
    apiServices,
    ({ urlVariable }) => urlVariable,
    ({ port }) => `http://localhost:${port}`,
  ),
};

describe('CORS_ORIGINS', () => {
  it('is a list of origins', { tags: ['cors-origins'] }, () => {
    const config = parseGatewayConfig({
      ...env,
      CORS_ORIGINS: 'http://localhost:3000,https://app.example , https://b.example',
    });
    expect(corsOrigins(config)).toEqual(['http://localhost:3000', 'https://app.example', 'https://b.example']);
  });

  it('left out allows none', { tags: ['cors-origins'] }, () => {
    expect(corsOrigins(parseGatewayConfig(env))).toEqual([]);
  });

  it.each(['*', 'localhost:3000', 'https://app.example/', 'https://a.example,', 'https://a.example https://b.example'])(
    'is refused as %j, which would match no page',
    (value) => {
      expect(() => parseGatewayConfig({ ...env, CORS_ORIGINS: value })).toThrow('CORS_ORIGINS');
    },
  );
});

it('names every fault at once, without values', () => {
  const faulty = { ...env, PORT: 'secret', USER_SERVICE_URL: 'http://localhost:8001/api', STATS_SERVICE_URL: '' };
  expect(() => parseGatewayConfig(faulty)).toThrow(/PORT[^]*USER_SERVICE_URL[^]*STATS_SERVICE_URL/);
  expect(() => parseGatewayConfig(faulty)).not.toThrow(/secret|8001/);
});
