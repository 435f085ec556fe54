import type { ServiceName } from './contract-services.ts';

export interface Operation {
  method: string;
  path: string;
  service: ServiceName;
  /** What the call needs: a Bearer token, an HTTP Basic client, or nothing. */
  needs: 'bearer' | 'basic' | 'nothing';
}

function operations(service: ServiceName, needs: Operation['needs'], calls: string[]): Operation[] {
  return calls.map((line) => {
    const [method = '', path = ''] = line.split(' ');
    return { method, path, service, needs };
  });
}

/** Every call of the contract's tables, from the contract's text. */
export const contractOperations: Operation[] = [
  ...operations('user', 'nothing', [
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/login',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/logout',
    'POST /api/v1/auth/validate-token',
  ]),
  ...operations('user', 'basic', ['POST /api/v1/auth/introspect', 'POST /api/v1/auth/token']),
  ...operations('user', 'bearer', [
    'GET /api/v1/auth/me',
    'PATCH /api/v1/auth/me',
    'DELETE /api/v1/auth/me',
    'PUT /api/v1/auth/me/password',
    'GET /api/v1/auth/sessions',
    'DELETE /api/v1/auth/sessions/{id}',
  ]),
  ...operations('task', 'bearer', [
    'POST /api/v1/tasks/',
    'GET /api/v1/tasks/',
    'POST /api/v1/tasks/batch',
    'GET /api/v1/tasks/stats',
    'GET /api/v1/tasks/changes',
    'GET /api/v1/tasks/{id}',
    'PUT /api/v1/tasks/{id}',
    'PATCH /api/v1/tasks/{id}',
    'DELETE /api/v1/tasks/{id}',
    'PATCH /api/v1/tasks/{id}/complete',
    'PATCH /api/v1/tasks/{id}/incomplete',
  ]),
  ...operations('stats', 'bearer', ['GET /api/v1/stats/']),
];

/** The methods that the contract gives each path. */
export function methodsByPath(service: ServiceName): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const operation of contractOperations.filter((each) => each.service === service)) {
    methods.set(operation.path, [...(methods.get(operation.path) ?? []), operation.method]);
  }
  return methods;
}
