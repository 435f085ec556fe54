import { expect, it } from 'vitest';
import type { ServiceHealth } from './health-schemas.ts';
import { toSystemHealth } from './health.ts';

const up: ServiceHealth = { status: 'up', response_time_ms: 1 };
const down: ServiceHealth = { status: 'down', response_time_ms: 1000, error: 'no answer in time' };
const now = new Date('2030-01-02T03:04:05.678Z');

it.each([
  ['healthy', { a: up, b: up }],
  ['degraded', { a: up, b: down }],
  ['unhealthy', { a: down, b: down }],
])('is %s', (status, services) => {
  expect(toSystemHealth(services, now)).toEqual({
    status,
    service: 'gateway',
    timestamp: '2030-01-02T03:04:05.678Z',
    gateway: { status: 'up' },
    services,
  });
});
