import type { OpenapiDocument } from '../src/openapi/openapi-schema.ts';

const bearer = [{ bearer: [] }, { password: [] }];
const tasks = { 'x-service': 'task', security: bearer };
const account = { 'x-service': 'user', security: bearer };

/** A small API with every kind of operation that the gateway tells apart. */
export const apiDocument: OpenapiDocument = {
  openapi: '3.1.0',
  info: { title: 'Test API', version: '1.0.0' },
  paths: {
    '/': { get: { operationId: 'getIdentity' } },
    '/api/v1/auth/login': { post: { operationId: 'login', 'x-service': 'user' } },
    '/api/v1/auth/introspect': { post: { operationId: 'introspect', 'x-service': 'user', security: [{ basic: [] }] } },
    '/api/v1/auth/me': { get: { operationId: 'getMe', ...account }, patch: { operationId: 'updateMe', ...account } },
    '/.well-known/jwks.json': { get: { operationId: 'getSigningKeys', 'x-service': 'user' } },
    '/api/v1/tasks': { get: { operationId: 'listTasks', ...tasks }, post: { operationId: 'createTask', ...tasks } },
    '/api/v1/tasks/stats': { get: { operationId: 'getTaskStats', ...tasks } },
    '/api/v1/tasks/{id}': {
      get: { operationId: 'getTask', ...tasks },
      put: { operationId: 'replaceTask', ...tasks },
      patch: { operationId: 'updateTask', ...tasks },
      delete: { operationId: 'deleteTask', ...tasks },
    },
    '/api/v1/tasks/{id}/complete': { patch: { operationId: 'completeTask', ...tasks } },
    '/api/v1/stats': { get: { operationId: 'getStats', 'x-service': 'stats', security: bearer } },
  },
};
