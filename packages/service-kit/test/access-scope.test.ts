import { NotAuthenticated, defineErrors } from '@tasktracker/errors';
import { Type } from '@tasktracker/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addScope,
  bearerScope,
  createLogger,
  createServiceApp,
  internalScope,
  pathIdSchema,
  publicScope,
  tagRoutes,
  toId,
  type ServiceApp,
} from '../src/service-kit.ts';

const { BOOK_LENT } = defineErrors({ BOOK_LENT: { status: 400, detail: 'Somebody has it' } });
const members = bearerScope('members', async ({ headers }) => {
  if (headers.authorization !== 'Bearer member') throw new NotAuthenticated();
});

let app: ServiceApp;

beforeEach(async () => {
  app = await createServiceApp({
    serviceName: 'library',
    description: '',
    log: createLogger('library', 'silent'),
    isReady: () => Promise.resolve(true),
  });
});
afterEach(() => app.close());

async function documented(method: 'get' | 'post', path: string): Promise<Record<string, unknown>> {
  return (await app.inject('/openapi.json')).json().paths[path][method];
}

describe('a scope', () => {
  it('checks the callers of each of its routes, and of no others', async () => {
    await addScope(app, members, async (scope) => {
      scope.get('/books', { schema: { operationId: 'listBooks' } }, () => ({ books: [] }));
      await scope.register(async (nested) => {
        nested.get('/films', { schema: { operationId: 'listFilms' } }, () => ({ films: [] }));
      });
    });
    await addScope(app, publicScope, async (scope) => {
      scope.get('/hours', { schema: { operationId: 'getHours' } }, () => ({ open: true }));
    });
    for (const method of ['GET', 'HEAD'] as const) {
      for (const url of ['/books', '/films']) {
        const member = { authorization: 'Bearer member' };
        expect((await app.inject({ method, url })).statusCode).toBe(401);
        expect((await app.inject({ method, url, headers: member })).statusCode).toBe(200);
      }
    }
    expect((await app.inject('/hours')).statusCode).toBe(200);
  });

  it('documents how its callers prove themselves and all that its routes may answer', async () => {
    await addScope(app, members, async (scope) => {
      tagRoutes(scope, 'Books');
      const body = Type.Object({ title: Type.String() });
      scope.post('/loans', { schema: { operationId: 'lend', body, problems: [BOOK_LENT] } }, () => ({}));
    });
    await addScope(app, publicScope, async (scope) => {
      const response = { 200: Type.Object({ open: Type.Boolean() }) };
      scope.get('/hours', { schema: { operationId: 'getHours', response } }, () => ({ open: true }));
    });
    const lend = await documented('post', '/loans');
    expect(lend).toMatchObject({
      tags: ['Books'],
      security: [{ bearer: [] }, { password: [] }],
      responses: {
        400: { description: 'BOOK_LENT' },
        401: {
          description: 'NOT_AUTHENTICATED, INVALID_TOKEN',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
        413: { description: 'PAYLOAD_TOO_LARGE' },
        415: { description: 'UNSUPPORTED_MEDIA_TYPE' },
        422: { description: 'VALIDATION_FAILED' },
        503: { description: 'SERVICE_UNAVAILABLE, OVERLOADED' },
      },
    });
    const getHours = await documented('get', '/hours');
    expect(getHours['security']).toBeUndefined();
    // The rest is what the server itself may answer.
    expect(Object.keys(Object(getHours['responses']))).toEqual(['200', '400', '405', '408', '422', '431', '503']);
  });

  it('is shown to nobody when it is internal', async () => {
    await addScope(app, internalScope, async (scope) => {
      scope.get('/internal/loans', { schema: { operationId: 'listLoans' } }, () => ({ loans: [] }));
    });
    expect((await app.inject('/internal/loans')).json()).toEqual({ loans: [] });
    expect((await app.inject('/openapi.json')).payload).not.toContain('loans');
  });

  it.each([
    ['/books', internalScope],
    ['/internal/books', publicScope],
    ['/internal/books', members],
  ])('refuses %s when it is %o', async (url, scope) => {
    const adding = addScope(app, scope, async (routes) => {
      routes.get(url, { schema: { operationId: 'listBooks' } }, () => ({}));
    });
    await expect(adding).rejects.toThrow('/internal/');
  });

  it('is not put into a second scope', async () => {
    const adding = addScope(app, publicScope, (outer) =>
      addScope(outer, members, async (scope) => {
        scope.get('/books', { schema: { operationId: 'listBooks' } }, () => ({}));
      }),
    );
    await expect(adding).rejects.toThrow('/books is in two access scopes: public and members');
  });
});

describe('a route', () => {
  it('outside of any scope keeps the service from starting', async () => {
    app.get('/books', { schema: { operationId: 'listBooks' } }, () => ({}));
    await expect(app.ready()).rejects.toThrow('routes outside of any access scope: GET /books');
  });

  it('has no security of its own', async () => {
    const adding = addScope(app, publicScope, async (scope) => {
      scope.get('/books', { schema: { operationId: 'listBooks', security: [] } }, () => ({}));
    });
    await expect(adding).rejects.toThrow('/books: its access scope says the security');
  });

  it('takes a 64-bit id in its path, digit for digit, and documents it as an integer', async () => {
    await addScope(app, publicScope, async (scope) => {
      const params = Type.Object({ id: pathIdSchema });
      scope.get('/books/:id', { schema: { operationId: 'getBook', params } }, ({ params: { id } }) => ({
        id: String(toId(id)),
      }));
    });
    expect((await app.inject('/books/9007199254740993')).json()).toEqual({ id: '9007199254740993' });
    expect((await app.inject('/books/9223372036854775808')).json()).toEqual({ id: 'undefined' });
    expect((await app.inject('/books/-1')).json()).toEqual({ id: 'undefined' });
    for (const id of ['abc', '1.0', '1e3', '0x10', '+1', '%201']) {
      expect((await app.inject(`/books/${id}`)).json()).toMatchObject({
        status: 422,
        errors: [{ in: 'path', pointer: '/id', code: 'invalid' }],
      });
    }
    expect(await documented('get', '/books/{id}')).toMatchObject({
      parameters: [{ in: 'path', name: 'id', schema: { type: 'integer', format: 'int64' } }],
    });
  });
});
