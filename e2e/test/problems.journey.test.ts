import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { contractOperations, methodsByPath } from '../src/contract-operations.ts';
import { contractServices } from '../src/contract-services.ts';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { everyTarget, type Target, targetsOf } from '../src/journey-target.ts';
import { expectProblem, readProblem } from '../src/problem-shape.ts';

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

describe.each(everyTarget)('problems $via', (target) => {
  it(
    'answers an error as application/problem+json with type, title, status, detail, code and request_id',
    { tags: ['problem-shape'] },
    async () => {
      const answer = await call(target, 'GET', '/api/v1/nowhere');
      const problem = expectProblem(answer, 404, 'Not Found');
      expect(Object.keys(Object(answer.json))).toEqual(['type', 'title', 'status', 'detail', 'code', 'request_id']);
      expect(problem.title).not.toBe('');
    },
  );

  it.each(['/nowhere', '/api', '/api/v1', '/api/v2/tasks/', '/api/v1/nowhere', '/api/v1/tasksandmore', '/%00nowhere'])(
    'answers 404 Not Found for the unknown path %s',
    { tags: ['unknown-path'] },
    async (path) => {
      expectProblem(await call(target, 'GET', path), 404, 'Not Found');
      expectProblem(await call(target, 'POST', path, { json: { any: 'thing' } }), 404, 'Not Found');
      expectProblem(await call(target, 'DELETE', path, { token: 'no.good.token' }), 404, 'Not Found');
      expectProblem(await call(target, 'GET', path, { token: account.token }), 404, 'Not Found');
    },
  );

  it.each(['journey-7', 'a', 'Z'.repeat(128), '0.._--9'])(
    'keeps the request id %s of the caller',
    { tags: ['request-id-kept'] },
    async (id) => {
      const headers = { 'x-request-id': id };
      const problem = await call(target, 'GET', '/api/v1/nowhere', { headers });
      expect(problem.headers['x-request-id']).toBe(id);
      expect((await call(target, 'GET', '/healthz', { headers })).headers['x-request-id']).toBe(id);
    },
  );

  it.each(['', 'with space', 'Z'.repeat(129), 'a/b', '<script>', 'naïve', 'a,b'])(
    'replaces the request id "%s" by one of its own',
    { tags: ['request-id-kept'] },
    async (id) => {
      const headers = { 'x-request-id': Buffer.from(id).toString('latin1') };
      const own = (await call(target, 'GET', '/healthz', { headers })).headers['x-request-id'];
      expect(own).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
      expect(own).not.toBe(id);
    },
  );

  it.each([
    ['a header without a colon', 'GET / HTTP/1.1\r\nno colon\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(70_000)}\r\n\r\n`],
    ['another protocol', 'nonsense\r\n\r\n'],
  ])(
    'answers even what is not an HTTP request with a problem: %s',
    { tags: ['problem-shape'] },
    async (_name, bytes) => {
      const answer = await rawExchange(target, bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json/i);
      const id = answer.match(/\r\nx-request-id: ([A-Za-z0-9._-]{1,128})\r\n/i)?.[1];
      expect(answer).toContain(`"request_id":"${id}"`);
    },
  );

  it('makes a request id of its own for each request', { tags: ['request-id'] }, async () => {
    const answers = await Promise.all([1, 2, 3].map(() => call(target, 'GET', '/healthz')));
    expect(new Set(answers.map((answer) => answer.headers['x-request-id'])).size).toBe(3);
  });
});

describe.each(contractServices)('the paths of the $name service', ({ name: service }) => {
  const cases = targetsOf(service).flatMap((target) =>
    [...methodsByPath(service)].map(([path, methods]) => ({ target, via: target.via, path, methods })),
  );

  it.each(cases)(
    'answer a wrong method with 405 and Allow: $path $via',
    { tags: ['wrong-method'] },
    async ({ target, path, methods }) => {
      const wrong = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter((method) => !methods.includes(method));
      for (const method of wrong) {
        for (const form of [path, otherForm(path)]) {
          const answer = await call(target, method, form.replace('{id}', '1'));
          expectProblem(answer, 405, 'Method Not Allowed');
          const allowed = String(answer.headers.allow).split(/, ?/);
          expect(allowed.filter((each) => each !== 'HEAD' && each !== 'OPTIONS').toSorted()).toEqual(
            methods.toSorted(),
          );
        }
      }
    },
  );
});

describe('a trailing slash', () => {
  const cases = contractOperations.flatMap((operation) =>
    targetsOf(operation.service).map((target) => ({ ...operation, target, via: target.via })),
  );

  // Without credentials, or with an empty object, each call gets to an answer of its own and changes nothing.
  it.each(cases)(
    'makes no difference to $method $path $via',
    { tags: ['trailing-slash'] },
    async ({ target, method, path, needs }) => {
      const options = method === 'GET' ? {} : { json: {} };
      for (const token of needs === 'bearer' ? [undefined, account.token] : [undefined]) {
        const ask = (form: string) =>
          call(target, method, form.replace('{id}', '0'), { ...options, ...(token !== undefined && { token }) });
        const [one, other] = await Promise.all([ask(path), ask(otherForm(path))]);
        const [said, saidToo] = [one, other].map((answer) => ({
          status: answer.status,
          detail: answer.status >= 400 ? readProblem(answer).detail : '',
        }));
        expect(said).toEqual(saidToo);
        expect(['Not Found', 'Method Not Allowed']).not.toContain(said?.detail);
      }
    },
  );

  it.each(everyTarget.flatMap((target) => publicPaths(target).map((path) => ({ target, via: target.via, path }))))(
    'makes no difference to $path $via',
    { tags: ['trailing-slash'] },
    async ({ target, path }) => {
      expect((await call(target, 'GET', path)).status).toBe(200);
      expect((await call(target, 'GET', `${path}/`)).status).toBe(200);
    },
  );
});

function publicPaths(target: Target): string[] {
  const paths = ['/health', '/healthz', '/readyz', '/docs', '/openapi.json'];
  return targetsOf('user').includes(target) ? [...paths, '/.well-known/jwks.json'] : paths;
}

function otherForm(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
}

/** Writes these bytes to a connection of their own and reads until the server closes it. */
async function rawExchange({ origin }: Target, bytes: string): Promise<string> {
  const secure = origin.protocol === 'https:';
  const place = { host: origin.hostname, port: Number(origin.port) || (secure ? 443 : 80) };
  const socket = secure ? connectTls({ ...place, servername: origin.hostname }) : connect(place);
  socket.setEncoding('utf8');
  socket.write(bytes);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
