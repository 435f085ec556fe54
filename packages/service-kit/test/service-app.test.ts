import { gzipSync } from 'node:zlib';
import { Type } from '@tasktracker/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addScope,
  createLogger,
  createServiceApp,
  pathIdSchema,
  publicScope,
  serviceIdentity,
  type ServiceApp,
} from '../src/service-kit.ts';
import { send } from './raw-client.ts';

const lines: string[] = [];
let ready = true;
let app: ServiceApp;

beforeAll(async () => {
  app = await createServiceApp({
    serviceName: 'echo-service',
    description: 'for tests',
    log: createLogger('echo-service', 'info', { write: (line) => lines.push(line) }),
    isReady: () => Promise.resolve(ready),
  });
  await addScope(app, publicScope, async (scope) => {
    await scope.register(serviceIdentity, { serviceName: 'echo-service' });
    const body = Type.Object({
      title: Type.String({ minLength: 1, maxLength: 5 }),
      done: Type.Optional(Type.Boolean()),
      note: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
      kind: Type.Optional(Type.Literal('plain')),
    });
    scope.post('/echo', { schema: { operationId: 'echo', body, response: { 200: body } } }, (request) => request.body);
    const noneNeeded = Type.Object({ note: Type.Optional(Type.String()) });
    scope.patch('/echo', { schema: { operationId: 'amendEcho', body: noneNeeded } }, (request) => request.body);
    const querystring = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }) });
    scope.get('/things', { schema: { operationId: 'listThings', querystring } }, (request) => request.query);
    scope.get(
      '/things/:id',
      { schema: { operationId: 'getThing', params: Type.Object({ id: pathIdSchema }) } },
      (request) => request.params,
    );
    scope.delete('/things/:id', { schema: { operationId: 'deleteThing' } }, () => ({}));
    scope.get('/things/summary', { schema: { operationId: 'getSummary' } }, () => ({}));
    scope.post('/nothing', { schema: { operationId: 'postNothing' } }, () => ({}));
    const texts = Type.Object({ text: Type.Optional(Type.String()) });
    scope.get('/texts', { schema: { operationId: 'echoText', querystring: texts } }, (request) => request.query);
    scope.get('/mine', { schema: { operationId: 'showMine' } }, (request, reply) => {
      request.caller = { userId: 1n, sessionId: 1n, token: '', expiresAt: 0 };
      if (request.url.endsWith('?own')) reply.header('cache-control', 'max-age=5');
      return {};
    });
    scope.get('/broken', { schema: { operationId: 'break' } }, () => {
      throw new Error('secret detail of the database');
    });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

const post = (payload: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  app.inject({ method: 'POST', url: '/echo', payload, headers });

describe('errors', () => {
  it('are problems with every promised member and the request id of the answer', async () => {
    const answer = await app.inject('/nowhere');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(Object.keys(answer.json())).toEqual(['type', 'title', 'status', 'detail', 'code', 'request_id']);
    expect(answer.json()).toMatchObject({ detail: 'Not Found', code: 'NOT_FOUND', status: 404 });
    expect(answer.headers['x-request-id']).toBe(answer.json().request_id);
  });

  it.each(['/things/%zz', '/things/%E9', '/%', '/things/%C3%28?x=1', '/docs/static/%zz'])(
    'are 404 with a request id and a line for %s, a path that cannot be decoded',
    async (path) => {
      lines.length = 0;
      const answer = await app.inject(path);
      expect(answer.statusCode).toBe(404);
      expect(answer.headers['x-request-id']).toBe(answer.json().request_id);
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { route: null, status: 404, code: 'NOT_FOUND', client_address: '127.0.0.1' },
      ]);
    },
  );

  it('answer 405 with Allow for a known path, also where a parameter would match the name', async () => {
    const wrong = await app.inject({ method: 'PUT', url: '/things/1/' });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers['allow']).toBe('DELETE, GET, HEAD');
    const shadowed = await app.inject({ method: 'DELETE', url: '/things/summary' });
    expect(shadowed.statusCode).toBe(405);
    expect(shadowed.json()).toMatchObject({ detail: 'Method Not Allowed' });
  });

  it(
    'never explain an unforeseen fault to the caller, and log it',
    { tags: ['server-errors-say-nothing'] },
    async () => {
      const answer = await app.inject('/broken');
      expect(answer.statusCode).toBe(500);
      expect(answer.payload).not.toContain('secret');
      expect(lines.some((line) => line.includes('secret detail'))).toBe(true);
    },
  );

  it('are not a fault of ours when a library refuses what a client asks of it', async () => {
    lines.length = 0;
    for (const path of ['..%5c..%5cpackage.json', '/etc/passwd', '.hidden']) {
      expect((await app.inject(`/docs/static/${path}`)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
    const range = { range: 'bytes=999999999-' };
    const answer = await app.inject({ url: '/docs/static/swagger-ui.css', headers: range });
    expect(answer.json()).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});

describe('bodies', () => {
  it.each([
    ['a number for a string', '{"title": 3}', 422, '/title', 'title must be string'],
    ['a text for a boolean', '{"title": "a", "done": "true"}', 422, '/done', 'done must be boolean'],
    ['neither of two types', '{"title": "a", "note": 1}', 422, '/note', 'note must be string or null'],
    ['another value than the only one', '{"title": "a", "kind": "odd"}', 422, '/kind', 'kind must be "plain"'],
    ['a missing field', '{}', 422, '/title', 'title is missing'],
    ['malformed JSON', '{"title"', 422, '', 'the body is not valid JSON'],
    ['an empty body', '', 422, '/title', 'title is missing'],
    ['null', 'null', 422, '', 'the body must be object'],
    ['a NUL character', '{"title":"a\\u0000"}', 422, '', 'the body holds a NUL character'],
    ['half of a surrogate pair', '{"title":"\\ud800"}', 422, '', 'the body holds half of a surrogate pair'],
    ['a NUL in an unknown key', '{"title":"a","x\\u0000":1}', 422, '', 'the body holds a NUL character'],
  ])('refuses %s', async (_name, payload, status, pointer, detail) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({
      code: 'VALIDATION_FAILED',
      detail,
      errors: [{ in: 'body', pointer, detail }],
    });
  });

  it('may nest as deep as a megabyte goes', async () => {
    const deep = `${'['.repeat(500_000)}"\\u0000"${']'.repeat(500_000)}`;
    expect((await post(`{"title":"a","unknown":${deep}}`)).statusCode).toBe(422);
  });

  it('count code points, not UTF-16 units', async () => {
    expect((await post(JSON.stringify({ title: '😀😀😀😀😀' }))).statusCode).toBe(200);
    expect((await post(JSON.stringify({ title: '😀😀😀😀😀😀' }))).statusCode).toBe(422);
  });

  it('lose fields that the schema does not name', async () => {
    expect((await post('{"title":"a","is_superuser":true,"__proto__":{"done":true}}')).json()).toEqual({ title: 'a' });
  });

  it('are refused by media type and by size before they are checked', async () => {
    expect((await post('title=a', { 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await post(`{"title":"${'a'.repeat(1_048_577)}"}`)).statusCode).toBe(413);
    expect((await post(Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1'))).statusCode).toBe(422);
  });
});

describe('bodies in a coding', () => {
  it.each(['gzip', 'GZIP', 'deflate', 'br', 'zstd', 'identity, gzip', 'made-up', ''])(
    'are refused, compressed or not, when they claim %j',
    async (coding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding };
      for (const payload of [gzipSync('{"title":"a"}'), '{"title":"a"}']) {
        const answer = await app.inject({ method: 'POST', url: '/echo', payload, headers });
        expect(answer.json()).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
        expect(answer.headers['accept-encoding']).toBe('identity');
      }
    },
  );

  it('are taken when they claim none', async () => {
    for (const coding of ['identity', 'Identity']) {
      const answer = await post('{"title":"a"}', { 'content-type': 'application/json', 'content-encoding': coding });
      expect(answer.statusCode).toBe(200);
    }
  });
});

describe('queries', () => {
  it('are coerced, with defaults, and refused where that fails', async () => {
    expect((await app.inject('/things?limit=5&unknown=1')).json()).toEqual({ limit: 5 });
    expect((await app.inject('/things/?')).json()).toEqual({ limit: 100 });
    const wrong = await app.inject('/things?limit=abc');
    expect(wrong.statusCode).toBe(422);
    expect(wrong.json().errors).toEqual([
      { in: 'query', pointer: '/limit', code: 'wrong_type', detail: 'limit must be integer' },
    ]);
    expect((await app.inject('/things?x=%00')).statusCode).toBe(422);
  });

  it.each([
    '0x10',
    '%095',
    '5%09',
    '1e2',
    '+5',
    '%2B5',
    '%205',
    '5.0',
    '5.',
    '',
    '٥',
    '0b1',
    '1_0',
    '5&limit=6',
    '5,6',
  ])('hold no number written as %j', async (limit) => {
    const answer = await app.inject(`/things?limit=${encodeURI(limit).replaceAll('%25', '%')}`);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ in: 'query', pointer: '/limit' }] });
  });

  it('hold numbers in decimal digits', async () => {
    expect((await app.inject('/things?limit=007')).json()).toEqual({ limit: 7 });
    expect((await app.inject('/things?limit=-5')).json()).toMatchObject({ detail: 'limit must be >= 1' });
  });

  it.each(['%E9', 'a%FF', '%C3', '%C3%28', '%ED%A0%80', '%zz', '100%', '%'])(
    'are UTF-8, which %j is not',
    async (text) => {
      for (const query of [`text=${text}`, `${text}=1`, `unknown=${text}`]) {
        expect((await app.inject(`/texts?${query}`)).json()).toMatchObject({
          status: 422,
          errors: [{ in: 'query', code: 'malformed', detail: 'the query is not UTF-8' }],
        });
      }
    },
  );

  it('hold any text, percent-encoded', async () => {
    expect((await app.inject('/texts?text=%C3%A9+%26')).json()).toEqual({ text: 'é &' });
  });

  it('hold no number that is too large for one', async () => {
    for (const limit of ['1e400', 'Infinity', '-Infinity', 'NaN']) {
      expect((await app.inject(`/things?limit=${limit}`)).statusCode).toBe(422);
    }
  });
});

describe('bodies that are empty', () => {
  it.each(['DELETE /things/7', 'POST /nothing'])('need no media type when they come in chunks: %s', async (line) => {
    const head = `${line} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n`;
    expect(await send(app, `${head}\r\n0\r\n\r\n`).untilClosed()).toMatch(/^HTTP\/1\.1 200/);
    expect(await send(app, `${head}\r\n1\r\nx\r\n0\r\n\r\n`).untilClosed()).toMatch(/^HTTP\/1\.1 415/);
  });
});

describe('answers to a signed-in caller', () => {
  it('are not cached, unless the route says otherwise', async () => {
    expect((await app.inject('/mine')).headers['cache-control']).toBe('no-store');
    expect((await app.inject('/mine?own')).headers['cache-control']).toBe('max-age=5');
    expect((await app.inject('/health')).headers).not.toHaveProperty('cache-control');
  });
});

describe('request ids', () => {
  it('are kept when valid and replaced when not', async () => {
    const kept = await app.inject({ url: '/health', headers: { 'x-request-id': 'abc.DEF-1_2' } });
    expect(kept.headers['x-request-id']).toBe('abc.DEF-1_2');
    const replaced = await app.inject({ url: '/health', headers: { 'x-request-id': 'a b"' } });
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the access log', () => {
  it('has one line per request with operation, route, status, ids and no query', async () => {
    lines.length = 0;
    await app.inject({
      url: '/things/7?search=private',
      headers: { 'x-request-id': 'r1', traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` },
    });
    expect(lines).toHaveLength(1);
    const line: unknown = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({
      operation: 'getThing',
      route: '/things/:id',
      status: 200,
      request_id: 'r1',
      trace_id: 'ab'.repeat(16),
    });
    expect(lines[0]).not.toContain('private');
  });
});

describe('probes and documents', () => {
  it('answer readiness by what the process owns', async () => {
    expect((await app.inject('/readyz')).statusCode).toBe(200);
    ready = false;
    const down = await app.inject('/readyz');
    expect(down.statusCode).toBe(503);
    expect(down.headers['retry-after']).toBe('1');
    expect(lines.filter((line) => line.includes('"unavailable"'))).toEqual([]); // it is said once, by who knows why
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    ready = true;
  });

  it('serve OpenAPI 3.1 with named components and interactive docs', async () => {
    const document = (await app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(['Problem', 'FieldFault']));
    expect((await app.inject('/docs/')).payload).toContain('swagger');
  });

  it('ask for a body where a member of it is required, and nowhere else', async () => {
    const echo = (await app.inject('/openapi.json')).json().paths['/echo'];
    expect(echo.post.requestBody.required).toBe(true);
    expect(echo.patch.requestBody.required).toBe(false);
    expect((await app.inject({ method: 'PATCH', url: '/echo' })).statusCode).toBe(200);
  });
});
