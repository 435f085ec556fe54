import { describe, expect, it } from 'vitest';
import { toMessage, toReadableLine } from './readable-log.ts';

const time = '2026-03-04T05:06:07.089Z';
const clock = /^\d\d:06:07\.089 /;

describe('a log line on the terminal', () => {
  const request = {
    level: 'info',
    time,
    service: 'task-service',
    method: 'GET',
    route: '/api/v1/tasks',
    ms: 1.5,
    request_id: 'r-1',
    msg: 'request',
  };

  it('shows a request by method, route, status and time', () => {
    const line = toReadableLine(JSON.stringify({ ...request, status: 200 }));
    expect(line).toMatch(clock);
    expect(line).toMatch(/GET \/api\/v1\/tasks 200 {2}1\.5 ms$/);
  });

  it('shows the id of a request that was refused', () => {
    expect(toReadableLine(JSON.stringify({ ...request, status: 422 }))).toMatch(/ 422 {2}1\.5 ms {2}r-1$/);
  });

  it('shows what went wrong', () => {
    const line = {
      level: 'error',
      time,
      service: 'task-service',
      err: { message: 'no connection', stack: 'x' },
      msg: 'query failed',
    };
    expect(toReadableLine(JSON.stringify(line))).toMatch(/ ERROR query failed no connection$/);
  });

  it('keeps other facts', () => {
    const line = { level: 'info', time, service: 'task-service', signal: 'SIGTERM', msg: 'draining' };
    expect(toReadableLine(JSON.stringify(line))).toMatch(/ draining \{"signal":"SIGTERM"\}$/);
  });

  it('leaves what is no JSON as it is', () => {
    expect(toReadableLine('{ nonsense')).toBe('{ nonsense');
    expect(toReadableLine('    at main.ts:3')).toBe('    at main.ts:3');
  });

  it('is cut to its message for a sentence', () => {
    expect(toMessage(JSON.stringify({ level: 'error', time, err: { message: 'why' }, msg: 'what' }))).toBe('what why');
  });
});
