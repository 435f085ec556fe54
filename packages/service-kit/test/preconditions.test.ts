import { Type } from '@tasktracker/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addScope,
  createLogger,
  createServiceApp,
  ifMatchOf,
  publicScope,
  ref,
  requireMatch,
  sendTagged,
  versionTag,
  type ServiceApp,
} from '../src/service-kit.ts';
import { send } from './raw-client.ts';

const Note = Type.Object({ text: Type.String(), id: Type.Integer(), version: Type.Integer() }, { $id: 'Note' });
// An id that no JavaScript number holds.
const current = { tag: versionTag(7), json: '{"text":"now","id":9007199254740993,"version":7}' };

let app: ServiceApp;

beforeAll(async () => {
  app = await createServiceApp({
    serviceName: 'notes',
    description: '',
    log: createLogger('notes', 'silent'),
    isReady: () => Promise.resolve(true),
  });
  app.addSchema(Note);
  const response = { 200: Type.Unsafe<string>(ref(Note)) };
  const body = Type.Object({ text: Type.Optional(Type.String()) });
  await addScope(app, publicScope, async (scope) => {
    scope.get('/note', { schema: { operationId: 'getNote', versioned: true, response } }, async (request, reply) =>
      sendTagged(request, reply, current.json, current.tag),
    );
    scope.put(
      '/note',
      { schema: { operationId: 'putNote', versioned: true, body, response } },
      async (request, reply) => {
        requireMatch(ifMatchOf(request), current);
        return sendTagged(request, reply, current.json, current.tag);
      },
    );
    scope.delete('/note', { schema: { operationId: 'deleteNote', versioned: true } }, (request, reply) => {
      requireMatch(ifMatchOf(request), current);
      return reply.code(204).send(null);
    });
    const created = { 201: Type.Unsafe<string>(ref(Note)) };
    scope.post(
      '/note',
      { schema: { operationId: 'postNote', versioned: true, response: created } },
      async (request, reply) => sendTagged(request, reply.code(201), current.json, current.tag),
    );
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

const write = (method: 'PUT' | 'DELETE', ifMatch?: string) =>
  app.inject({ method, url: '/note', headers: { ...(ifMatch !== undefined && { 'if-match': ifMatch }) } });

describe.each(['PUT', 'DELETE'] as const)('%s with If-Match', (method) => {
  it.each([undefined, '"7"', ' "7" ', '"6", "7"', '"6","7",', ', "7"', '*', ' * ', '"6,", "7"', 'W/"7", "7"'])(
    'is done for %j',
    async (ifMatch) => {
      expect((await write(method, ifMatch)).statusCode).toBe(method === 'PUT' ? 200 : 204);
    },
  );

  it.each(['"6"', '"8", "6"', 'W/"7"', '"07"', '""', '"*"', '"a\u00fc"'])(
    'is refused for %j, and shows the resource as it is, to the last digit',
    async (ifMatch) => {
      const answer = await write(method, ifMatch);
      expect([answer.statusCode, answer.headers['etag']]).toEqual([412, '"7"']);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.json()).toMatchObject({ code: 'PRECONDITION_FAILED', status: 412 });
      expect(answer.payload).toMatch(/^\{"type":.*,"request_id":"[^"]+","current":/);
      expect(answer.payload.endsWith(`,"current":${current.json}}`)).toBe(true);
    },
  );

  it.each([
    '',
    '7',
    '"7',
    '7"',
    '"7" "8"',
    '"7", *',
    '*, "7"',
    '* *',
    'w/"7"',
    "'7'",
    '"7";q=1',
    '"7", x',
    '"7 "',
    '"7","',
  ])('is 400 for %j', async (ifMatch) => {
    const answer = await write(method, ifMatch);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'IF_MATCH_INVALID']);
  });

  it('is 400 if it is sent twice, even if both are good', async () => {
    const head = `${method} /note HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
    const twice = await send(app, `${head}If-Match: "7"\r\nif-match: "7"\r\n\r\n`).untilClosed();
    expect(twice).toMatch(/^HTTP\/1\.1 400 [^]*"code":"IF_MATCH_INVALID"/);
    const once = await send(app, `${head}If-Match: "7"\r\nAccept: a/b\r\nAccept: c/d\r\n\r\n`).untilClosed();
    expect(once).toMatch(/^HTTP\/1\.1 20[04] /);
  });
});

describe('a malformed If-Match', () => {
  const headers = { 'if-match': '7', 'content-type': 'application/json' };
  const put = (payload: string, more = {}) =>
    app.inject({ method: 'PUT', url: '/note', headers: { ...headers, ...more }, payload });

  it('is named after an unsupported or too large body', async () => {
    expect((await put('x', { 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await put('{}', { 'content-encoding': 'gzip' })).statusCode).toBe(415);
    expect((await put('x'.repeat(2 ** 20 + 1))).statusCode).toBe(413);
  });

  it('is named before a body or query that is not valid', async () => {
    for (const payload of ['{"text":', '{"text":3}', '{"text":"\\u0000"}', '3']) {
      expect((await put(payload)).json().code).toBe('IF_MATCH_INVALID');
    }
    const answer = await app.inject({ method: 'DELETE', url: '/note?a=%00', headers: { 'if-match': '7' } });
    expect(answer.json().code).toBe('IF_MATCH_INVALID');
  });

  it('does not matter where there is nothing to match', async () => {
    for (const method of ['GET', 'POST'] as const) {
      const answer = await app.inject({ method, url: '/note', headers: { 'if-match': '7' } });
      expect(answer.payload).toBe(current.json);
      expect(answer.headers['etag']).toBe('"7"');
    }
  });
});

it('answers a write whole, whatever tags its sender has', async () => {
  for (const method of ['PUT', 'POST'] as const) {
    const answer = await app.inject({ method, url: '/note', headers: { 'if-none-match': '*' } });
    expect(answer.payload).toBe(current.json);
  }
});

const parameters = (operation: { parameters?: { in: string; name: string }[] }) =>
  operation.parameters?.map((parameter) => `${parameter.in} ${parameter.name}`);

it('is documented: what each operation reads, and what it may answer because of it', async () => {
  const { paths } = (await app.inject('/openapi.json')).json();
  const { get, put, post, delete: remove } = paths['/note'];
  expect([get, put, remove, post].map(parameters)).toEqual([
    ['header If-None-Match'],
    ['header If-Match'],
    ['header If-Match'],
    undefined,
  ]);
  const tag = { ETag: { schema: { type: 'string' } } };
  const note = { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } };
  expect(get.responses).toMatchObject({ 200: { headers: tag, content: note }, 304: { headers: tag } });
  expect(get.responses['304']).not.toHaveProperty('content');
  expect(put.responses).toMatchObject({
    200: { headers: tag, content: note },
    400: { description: 'IF_MATCH_INVALID' },
    412: { description: 'PRECONDITION_FAILED', headers: { ETag: { $ref: '#/components/headers/ETag' } } },
  });
  expect(post.responses).toMatchObject({ 201: { headers: tag } });
  expect(post.responses).not.toHaveProperty('412');
});
