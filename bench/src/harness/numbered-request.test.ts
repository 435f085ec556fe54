import { describe, expect, it } from 'vitest';
import { firstOf, toLua } from './numbered-request.ts';

const renaming = { method: 'PATCH', path: '/tasks/{id}', body: '{"title":"Renamed {n}"}' } as const;

describe('requests that differ by numbers', () => {
  it('begin with the first id and the number 0', () => {
    const { path, init } = firstOf({ ...renaming, ids: { first: 41, count: 2 } });
    expect(path).toBe('/tasks/41');
    expect(init).toMatchObject({ method: 'PATCH', body: '{"title":"Renamed 0"}' });
  });

  it('have a content type only with a body', () => {
    expect(firstOf({ method: 'DELETE', path: '/tasks/{id}' }).init).toEqual({ method: 'DELETE', headers: {} });
    expect(toLua({ method: 'DELETE', path: '/tasks/{id}' })).not.toContain('Content-Type');
    expect(toLua(renaming)).toContain('wrk.headers["Content-Type"] = "application/json"');
  });

  it('count their ids from the first and begin again after the last', () => {
    expect(toLua({ ...renaming, ids: { first: 41, count: 2 } })).toContain('41 + n % 2');
  });

  it('take tokens in turn, and have none by default', () => {
    const script = toLua({ ...renaming, tokens: ['first', 'second'] });
    expect(script).toContain('local bearers = {"Bearer first", "Bearer second"}');
    expect(script).toContain('wrk.headers["Authorization"] = bearers[n % 2 + 1]');
    expect(toLua(renaming)).not.toContain('Authorization');
  });
});
