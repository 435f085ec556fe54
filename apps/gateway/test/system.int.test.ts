import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { apiServices, recordOf } from '@tasktracker/contracts';
import { version } from '@tasktracker/service-kit';
import { Value } from '@tasktracker/schema';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createServiceProbes } from '../src/health/service-probes.ts';
import { OpenapiDocument } from '../src/openapi/openapi-schema.ts';
import { toOpenapiText } from '../src/openapi/openapi-text.ts';
import { listOperations } from '../src/openapi/operations.ts';
import { sendProblem, sendJson } from './scripted-service.ts';
import { startGateway, type StartedGateway } from './started-gateway.ts';

const committedText = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8');
const committed = Value.Parse(OpenapiDocument, JSON.parse(committedText));
let gateway: StartedGateway;

beforeAll(async () => {
  gateway = await startGateway({ document: committed });
});

afterAll(() => gateway.close());

const get = (path: string): Promise<Response> => fetch(`${gateway.origin}${path}`);

describe('GET /', () => {
  it('says what this is and where the services are, never internal addresses', async () => {
    const text = await (await get('/')).text();
    const prefixes = JSON.stringify(
      Object.fromEntries(apiServices.map(({ serviceName, prefix }) => [serviceName, prefix])),
    );
    expect(text).toBe(
      `{"name":"TaskTracker API Gateway","version":"${version}","status":"running","services":${prefixes}}`,
    );
  });
});

function setAll(status: number): void {
  for (const service of gateway.services) {
    service.answer = (_request, response) =>
      status === 200 ? sendJson(response, 200, {}) : sendProblem(response, status, 'X');
  }
}

describe('GET /health', () => {
  afterEach(() => setAll(200));

  it('is healthy when every service is ready', async () => {
    setAll(200);
    const response = await get('/health');
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    const up = { status: 'up', response_time_ms: expect.any(Number) };
    expect(body).toEqual({
      status: 'healthy',
      service: 'gateway',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      gateway: { status: 'up' },
      services: Object.fromEntries(apiServices.map(({ serviceName }) => [serviceName, up])),
    });
  });

  it('is degraded, still 200, when one is down and one is slow', { tags: ['system-health'] }, async () => {
    setAll(200);
    await gateway.task.stop();
    gateway.stats.answer = () => undefined;
    const response = await get('/health/');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'degraded',
      services: {
        'user-service': { status: 'up' },
        'task-service': { status: 'down', error: 'not reachable' },
        'stats-service': { status: 'down', error: 'no answer in time' },
      },
    });
    await gateway.task.start();
  });

  it('is unhealthy, still 200, when none is ready', { tags: ['system-health'] }, async () => {
    setAll(503);
    const response = await get('/health');
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({
      status: 'unhealthy',
      services: { 'task-service': { error: 'not ready' } },
    });
    expect(body).not.toContain('127.0.0.1');
  });

  it('keeps its connections for the idle time of all our pools, not for the 72 s that services offer', async () => {
    await gateway.stats.stop(); // cuts what earlier tests left open
    await gateway.stats.start();
    setAll(200);
    await get('/health');
    expect(gateway.stats.connections.open.size).toBe(1);
    await expect.poll(() => gateway.stats.connections.open.size, { timeout: 20_000 }).toBe(0);
  }, 30_000);

  it('asks in parallel, and once for all who ask at the same time', { tags: ['system-health'] }, async () => {
    const allAsked = Promise.withResolvers<void>();
    const asked: ServerResponse[] = [];
    for (const service of gateway.services) {
      service.requests.length = 0;
      // Nobody answers before all are asked: one after the other, the first would never answer.
      service.answer = (_request, response) => {
        if (asked.push(response) === gateway.services.length) allAsked.resolve();
      };
    }
    const origins = recordOf(
      apiServices,
      ({ name }) => name,
      ({ name }) => gateway[name].origin,
    );
    const probes = createServiceProbes({ origins, timeoutMs: 20_000 });
    const answers = Promise.all(Array.from({ length: 10 }, () => probes.ask()));
    await allAsked.promise;
    for (const response of asked) sendJson(response, 200, {});
    for (const health of await answers) {
      expect(Object.values(health)).toEqual(apiServices.map(() => expect.objectContaining({ status: 'up' })));
    }
    expect(gateway.services.map((service) => service.requests.length)).toEqual(apiServices.map(() => 1));
    await probes.close();
  });
});

describe('the OpenAPI document', () => {
  it(
    "is committed as the services' documents make it (npx nx run-many -t openapi)",
    { tags: ['openapi-merged'] },
    async () => {
      expect(await toOpenapiText()).toBe(committedText);
    },
  );

  it('is served as committed, as OpenAPI 3.1', { tags: ['openapi-merged'] }, async () => {
    const served: unknown = await (await get('/openapi.json')).json();
    expect(served).toEqual(JSON.parse(committedText));
    expect(served).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
  });

  it('has operations of every service, all below its prefix except the published keys', () => {
    const operations = listOperations(committed);
    for (const { name, prefix } of apiServices) {
      const patterns = operations.filter((operation) => operation.service === name).map(({ pattern }) => pattern);
      const outside = patterns.filter((pattern) => pattern !== prefix && !pattern.startsWith(`${prefix}/`));
      expect(patterns.length - outside.length).toBeGreaterThan(0);
      expect(outside).toEqual(name === 'user' ? ['/.well-known/jwks.json'] : []);
    }
  });

  it('lets the Authorize button sign in with the password form', () => {
    expect(committed.components?.['securitySchemes']).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      password: { type: 'oauth2', flows: { password: { tokenUrl: 'api/v1/auth/login' } } },
    });
    const login = listOperations(committed).find((operation) => operation.pattern === '/api/v1/auth/login');
    expect(login).toMatchObject({ method: 'POST', access: 'public', service: 'user' });
  });

  it('names no operation that the gateway does not know: each reaches its service', async () => {
    for (const { method, pattern, service, access } of listOperations(committed)) {
      gateway[service].answer = (_request, response) => sendJson(response, 200, { reached: service });
      const headers =
        access === 'public' ? {} : { authorization: access === 'authenticated' ? gateway.bearer : 'Basic x' };
      const path = pattern.replaceAll(/:\w+/g, '7');
      const response = await fetch(`${gateway.origin}${path}`, { method, headers });
      expect([method, path, await response.json()]).toEqual([method, path, { reached: service }]);
    }
  });

  it.each(listOperations(committed).filter((operation) => operation.access === 'authenticated'))(
    'and $method $pattern is refused without a token',
    async ({ method, pattern }) => {
      const response = await fetch(`${gateway.origin}${pattern.replaceAll(/:\w+/g, '7')}`, { method });
      expect(response.status).toBe(401);
    },
  );
});
