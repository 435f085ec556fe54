import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LoadPlan, LoadResult } from './load-plan.ts';
import { unexpectedOutcomes } from './load-report.ts';

// The checker must catch faults put in on purpose before its "0 failed" means anything.

const folder = mkdtempSync(join(tmpdir(), 'load-'));
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function answerAll(answer: (nth: number, response: ServerResponse) => void): Promise<string> {
  let count = 0;
  const listening = createServer((request, response) => {
    request.resume().once('end', () => answer((count += 1), response));
  });
  server = listening;
  return new Promise((resolve) => {
    listening.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });
}

function good(response: ServerResponse): void {
  const status = response.req.method === 'POST' ? 201 : 200;
  response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":1}');
}

async function load(target: string, changes: Partial<LoadPlan> = {}): Promise<LoadResult> {
  const plan: LoadPlan = {
    target,
    accessToken: 'token',
    username: 'ada',
    password: 'secret',
    name: 'load',
    ratePerSecond: 200,
    minRequests: 0,
    maxRequests: 100,
    maxSeconds: 20,
    idleConnections: 0,
    idlePausesMs: [100],
    timeoutMs: 2_000,
    mix: [
      { operation: 'list', weight: 3 },
      { operation: 'create', weight: 1 },
    ],
    ...changes,
  };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  const program = join(import.meta.dirname, 'load-generator.ts');
  const child = spawn(process.execPath, [program, join(folder, 'plan.json')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

describe('the load generator', () => {
  it('counts every request of a server that answers well', async () => {
    const result = await load(await answerAll((_nth, response) => good(response)));
    expect(result).toMatchObject({ why: 'maxRequests', sent: 100, ok: 100, failed: 0, createsSent: 25 });
    expect(result.acknowledged).toEqual([[0, 24]]);
    expect(unexpectedOutcomes(result)).toEqual([]);
  });

  it('sees the one answer in a hundred that is a 503, and tells a problem with Retry-After from another', async () => {
    const target = await answerAll((nth, response) => {
      const headers = { 'content-type': 'application/problem+json', 'retry-after': '1' };
      if (nth === 50) response.writeHead(503, headers).end('{}');
      else if (nth === 60) response.writeHead(502, { 'content-type': 'text/html' }).end('oops');
      else good(response);
    });
    const result = await load(target);
    expect(result.failed).toBe(2);
    const outcomes = unexpectedOutcomes(result).join();
    expect(outcomes).toMatch(/503 problem with Retry-After/);
    expect(outcomes).toMatch(/502 answer that is not a problem/);
    expect(unexpectedOutcomes(result, [/503 problem with Retry-After/]).join()).not.toMatch(/503/);
  });

  it('sees a connection that is cut, an answer that breaks off and one that never comes', async () => {
    const target = await answerAll((nth, response) => {
      if (nth === 10) response.destroy();
      else if (nth === 20) response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
      else if (nth !== 30) good(response);
    });
    const result = await load(target);
    expect(result).toMatchObject({ sent: 100, ok: 97, failed: 3 });
    expect(unexpectedOutcomes(result).join()).toMatch(/no answer in time/);
  });

  it('sees that nobody listens', async () => {
    const target = await answerAll((_nth, response) => good(response));
    await new Promise((resolve) => server?.close(resolve));
    const result = await load(target, { maxRequests: 20 });
    expect(result.ok).toBe(0);
    expect(unexpectedOutcomes(result).join()).toMatch(/ECONNREFUSED on a new connection/);
  });

  it('sees a server that closes a connection under a request after a pause', async () => {
    const target = await answerAll((_nth, response) => {
      const { socket } = response.req;
      good(response);
      response.once('finish', () => socket.once('data', () => socket.destroy()));
    });
    const plan = { idleConnections: 4, idlePausesMs: [50], ratePerSecond: 1, maxRequests: 40 };
    const result = await load(target, plan);
    expect(unexpectedOutcomes(result).join()).toMatch(/on a reused connection/);
  });

  it('counts the use of idle connections by the pause before it, and none after a pause that never ended', async () => {
    const target = await answerAll((_nth, response) => good(response));
    const plan = { idleConnections: 4, idlePausesMs: [50, 60_000], ratePerSecond: 1, maxRequests: 40 };
    const [short, long] = (await load(target, plan)).reusedAfter;
    expect(short).toMatchObject({ pauseMs: 50 });
    expect(short?.requests).toBeGreaterThan(10);
    expect(long).toEqual({ pauseMs: 60_000, requests: 0 });
  });

  it('keeps its rate while answers are slow', async () => {
    const target = await answerAll((_nth, response) => setTimeout(() => good(response), 200));
    const result = await load(target, { maxRequests: 200, timeoutMs: 5_000 });
    expect(result).toMatchObject({ sent: 200, failed: 0 });
    expect(result.seconds).toBeLessThan(10); // one after the other they would take 40 s
  });
});
