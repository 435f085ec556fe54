import { describe, expect, it } from 'vitest';
import { mergeDocuments, type ServiceDocument } from './merge-documents.ts';
import type { OpenapiDocument } from './openapi-schema.ts';
import { listOperations } from './operations.ts';

const document = (paths: OpenapiDocument['paths'], schemas: Record<string, unknown> = {}): OpenapiDocument => ({
  openapi: '3.1.0',
  info: { title: 'x', version: '1.0.0' },
  paths,
  components: { schemas },
});

const identity = { '/': { get: { operationId: 'getIdentity' } }, '/health': { get: { operationId: 'getHealth' } } };
const own = document(identity, { Problem: { type: 'object' } });
const bearer = [{ bearer: [] }];

const user: ServiceDocument = {
  service: 'user',
  prefix: '/api/v1/auth',
  document: document(
    {
      ...identity,
      '/.well-known/jwks.json': { get: { operationId: 'getSigningKeys' } },
      '/api/v1/auth/login': { post: { operationId: 'login', security: [] } },
      '/api/v1/auth/introspect': { post: { operationId: 'introspect', security: [{ basic: [] }] } },
    },
    { Problem: { type: 'object' }, User: { type: 'object' } },
  ),
};

const task: ServiceDocument = {
  service: 'task',
  prefix: '/api/v1/tasks',
  document: document({
    ...identity,
    '/api/v1/tasks': { get: { operationId: 'listTasks', security: bearer } },
    '/api/v1/tasks/{id}/items/{item}': { put: { operationId: 'replaceItem', security: bearer } },
  }),
};

describe('the merged document', () => {
  it("has the gateway's own operations, those of each service marked with it, and every component once", () => {
    const merged = mergeDocuments(own, [user, task]);
    expect(Object.keys(merged.paths)).toEqual([
      '/',
      '/health',
      '/.well-known/jwks.json',
      '/api/v1/auth/login',
      '/api/v1/auth/introspect',
      '/api/v1/tasks',
      '/api/v1/tasks/{id}/items/{item}',
    ]);
    expect(merged.paths['/api/v1/tasks']?.['get']).toEqual({
      operationId: 'listTasks',
      security: bearer,
      'x-service': 'task',
    });
    expect(Object.keys(merged.components?.['schemas'] ?? {})).toEqual(['Problem', 'User']);
    expect(own.components).toEqual({ schemas: { Problem: { type: 'object' } } });
  });

  it('is not made from components that differ', () => {
    const other = { ...task, document: document({}, { Problem: { type: 'string' } }) };
    expect(() => mergeDocuments(own, [other])).toThrow(
      "task: components.schemas.Problem differs from another document's",
    );
  });

  it.each([
    ['a path outside of the prefix', '/api/v1/taskslist', '/api/v1/taskslist is outside of /api/v1/tasks'],
    ['an internal path', '/internal/ended-sessions', '/internal/ended-sessions is outside of /api/v1/tasks'],
    ['a path of another service', '/.well-known/jwks.json', '/.well-known/jwks.json is in two documents'],
  ])('is not made from %s', (_name, path, message) => {
    const other = { ...task, document: document({ [path]: { get: { operationId: 'x' } } }) };
    expect(() => mergeDocuments(own, [user, other])).toThrow(message);
  });

  it('is not made from an operation id that comes twice', () => {
    const other = { ...task, document: document({ '/api/v1/tasks': { get: { operationId: 'login' } } }) };
    expect(() => mergeDocuments(own, [user, other])).toThrow('operationId login is used twice');
  });
});

describe('its operations', () => {
  it('are those of services, with the access that their security asks for', () => {
    expect(listOperations(mergeDocuments(own, [user, task]))).toMatchObject([
      {
        operationId: 'getSigningKeys',
        method: 'GET',
        pattern: '/.well-known/jwks.json',
        service: 'user',
        access: 'public',
      },
      { operationId: 'login', method: 'POST', pattern: '/api/v1/auth/login', service: 'user', access: 'public' },
      {
        operationId: 'introspect',
        method: 'POST',
        pattern: '/api/v1/auth/introspect',
        service: 'user',
        access: 'service-checked',
      },
      { operationId: 'listTasks', method: 'GET', pattern: '/api/v1/tasks', service: 'task', access: 'authenticated' },
      {
        operationId: 'replaceItem',
        method: 'PUT',
        pattern: '/api/v1/tasks/:id/items/:item',
        service: 'task',
        access: 'authenticated',
      },
    ]);
  });

  it('are known to take a key where their document says so', () => {
    const paths = {
      [task.prefix]: { post: { operationId: 'add', parameters: [{ in: 'header', name: 'Idempotency-Key' }] } },
    };
    const keyed = { ...task, document: { ...task.document, paths } };
    expect(listOperations(mergeDocuments(own, [keyed]))).toMatchObject([{ takesKey: true }]);
    expect(listOperations(mergeDocuments(own, [user])).some(({ takesKey }) => takesKey)).toBe(false);
  });

  it('of a service that is not in the list of services are a fault', () => {
    const other = { ...task, service: 'nobody' };
    expect(() => listOperations(mergeDocuments(own, [other]))).toThrow('a service nobody');
  });
});
