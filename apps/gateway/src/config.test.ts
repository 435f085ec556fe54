import { apiServices, recordOf } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { parseGatewayConfig } from './config.ts';
import { parseCorsOrigins } from './cors-origins.ts';

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
    const CORS_ORIGINS = 'http://localhost:3000,https://app.example , https://b.example';
    expect(parseGatewayConfig({ ...env, CORS_ORIGINS }).corsOrigins).toBe(CORS_ORIGINS);
  });

  it('left out allows none', { tags: ['cors-origins'] }, () => {
    expect(parseCorsOrigins(parseGatewayConfig(env).corsOrigins)).toEqual([]);
  });

  it('that can match no page is refused by name, with the reason and without its value', () => {
    const CORS_ORIGINS = 'https://Tasks.Example.com,https://*.example.com';
    expect(() => parseGatewayConfig({ ...env, CORS_ORIGINS })).toThrow(
      'CORS_ORIGINS is wrong in entry 2, which has a wildcard: name each origin',
    );
    expect(() => parseGatewayConfig({ ...env, CORS_ORIGINS })).not.toThrow('*.example.com');
  });
});

it('names every fault at once, without values', () => {
  const faulty = { ...env, PORT: 'secret', USER_SERVICE_URL: 'http://localhost:8001/api', STATS_SERVICE_URL: '' };
  expect(() => parseGatewayConfig(faulty)).toThrow(/PORT[^]*USER_SERVICE_URL[^]*STATS_SERVICE_URL/);
  expect(() => parseGatewayConfig(faulty)).not.toThrow(/secret|8001/);
});
