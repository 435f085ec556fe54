import { describe, expect, it } from 'vitest';
import { contractServices } from '../src/contract-services.ts';
import { call } from '../src/http-call.ts';
import { directTargets, everyTarget, gateway } from '../src/journey-target.ts';
import { membersOf, textOf, timestampOf } from '../src/json-shape.ts';

const SERVICES = contractServices.map(({ name }) => `${name}-service`);

describe('the gateway about itself', () => {
  it(
    'names itself, its version, running, and the path of each service at GET /',
    { tags: ['gateway-identity'] },
    async () => {
      const answer = await call(gateway, 'GET', '/');
      expect(answer.status).toBe(200);
      const root = membersOf(answer.json, ['name', 'version', 'status', 'services'], 'members of /');
      expect(root).toMatchObject({ name: 'TaskTracker API Gateway', status: 'running' });
      expect(textOf(root['version'], 'version')).not.toBe('');
      expect(JSON.stringify(root['services'])).toBe(
        JSON.stringify(Object.fromEntries(contractServices.map(({ name, prefix }) => [`${name}-service`, prefix]))),
      );
    },
  );

  it('never shows an internal address', { tags: ['no-internal-addresses'] }, async () => {
    for (const path of ['/', '/health', '/readyz', '/openapi.json']) {
      const { text } = await call(gateway, 'GET', path);
      for (const { origin } of directTargets) expect(text, path).not.toContain(origin.host);
      expect(text, path).not.toMatch(/:800[123]\b|127\.0\.0\.1|\.svc\b|cluster\.local/);
    }
  });

  it(
    'adds timestamp, gateway and every service with its time to GET /health',
    { tags: ['gateway-health'] },
    async () => {
      const answer = await call(gateway, 'GET', '/health');
      expect(answer.status).toBe(200);
      const health = membersOf(
        answer.json,
        ['status', 'service', 'timestamp', 'gateway', 'services'],
        'members of /health',
      );
      expect(['healthy', 'degraded', 'unhealthy']).toContain(health['status']);
      expect(textOf(health['service'], 'service')).not.toBe('');
      timestampOf(health['timestamp'], 'timestamp');
      expect(health['gateway']).toEqual({ status: 'up' });
      const services = Object.entries(Object(health['services']));
      expect(services.map(([name]) => name).toSorted()).toEqual(SERVICES.toSorted());
      const states = services.map(([name, value]) => {
        const members = Object.keys(Object(value));
        const state = membersOf(
          value,
          ['status', 'response_time_ms', ...(members.includes('error') ? ['error'] : [])],
          name,
        );
        expect(['up', 'down']).toContain(state['status']);
        expect(state['response_time_ms']).toBeTypeOf('number');
        expect('error' in state, `${name} has an error only when down`).toBe(state['status'] === 'down');
        return state['status'];
      });
      const down = states.filter((state) => state === 'down').length;
      expect(health['status']).toBe(down === 0 ? 'healthy' : down === states.length ? 'unhealthy' : 'degraded');
    },
  );
});

describe.each(directTargets)('a service about itself $via', (target) => {
  it('names itself, its version and running at GET /', { tags: ['service-identity'] }, async () => {
    const answer = await call(target, 'GET', '/');
    expect(answer.status).toBe(200);
    const root = membersOf(answer.json, ['service', 'version', 'status'], 'members of /');
    expect(root).toMatchObject({ service: `${target.service}-service`, status: 'running' });
    expect(textOf(root['version'], 'version')).not.toBe('');
  });

  it('says healthy and its name at GET /health', { tags: ['service-health'] }, async () => {
    const answer = await call(target, 'GET', '/health');
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(JSON.stringify({ status: 'healthy', service: `${target.service}-service` }));
  });
});

describe.each(everyTarget)('probes $via', (target) => {
  it.each(['/healthz', '/readyz'])(
    'answer 200 at %s, without a token or with a bad one',
    { tags: ['probes'] },
    async (path) => {
      expect((await call(target, 'GET', path)).status).toBe(200);
      expect((await call(target, 'GET', path, { token: 'no.good.token' })).status).toBe(200);
    },
  );
});
