import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callApi, createAccount, type ApiAnswer } from '../src/api-call.ts';
import { eventually, met, unmet } from '../src/eventually.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { describePods } from '../src/pods.ts';
import type { Component } from '../src/release.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { reach, release, startFromBaseline } from '../src/suite.ts';

beforeAll(startFromBaseline);

async function scaleToZero(component: Component): Promise<void> {
  await release.scale(component, 0);
  await eventually(`no pod of ${component}`, 120_000, async () => {
    const pods = await release.pods(component);
    return pods.length === 0 ? met() : unmet(describePods(pods));
  });
}

function expectUnavailable(answer: ApiAnswer): void {
  expect(answer.status, answer.text).toBe(503);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.headers['retry-after']).toMatch(/^\d+$/);
  expect(JSON.parse(answer.text)).toMatchObject({ status: 503, detail: 'Service unavailable' });
}

describe('without the user service', () => {
  afterEach(async () => {
    await release.scale('user', 2);
    await release.serving('user', 2);
  });

  it('tasks and statistics go on for tokens that were issued, and new logins get 503', async () => {
    const url = await reach('gateway');
    const { username, password } = await createAccount(url);
    const load = await beginLoad({
      mix: (['list', 'read', 'create', 'complete', 'statistics'] as const).map((operation) => ({
        operation,
        weight: 1,
      })),
    });
    await scaleToZero('user');
    await load.answersWell(500);
    expectUnavailable(await callApi(url, 'POST', '/api/v1/auth/login', { json: { username, password } }));
    expectUnavailable(await callApi(url, 'GET', '/api/v1/auth/me', { token: load.account.token }));
    const result = await endLoad(load, 'no user service');
    expect(unexpectedOutcomes(result)).toEqual([]);
  });
});

describe('without the task service', () => {
  afterEach(async () => {
    await release.scale('task', 2);
    await release.serving('task', 2);
  });

  it('statistics answer 503 instead of zeros, /health says degraded, and accounts go on', async () => {
    const url = await reach('gateway');
    const { token } = await createAccount(url);
    await scaleToZero('task');
    expectUnavailable(await callApi(url, 'GET', '/api/v1/stats', { token }));
    expectUnavailable(await callApi(url, 'GET', '/api/v1/tasks', { token }));
    const health = await callApi(url, 'GET', '/health');
    expect(health.status).toBe(200);
    expect(JSON.parse(health.text)).toMatchObject({
      status: 'degraded',
      services: {
        'user-service': { status: 'up' },
        'task-service': { status: 'down' },
        'stats-service': { status: 'up' },
      },
    });
    expect((await callApi(url, 'GET', '/api/v1/auth/me', { token })).status).toBe(200);
  });
});
