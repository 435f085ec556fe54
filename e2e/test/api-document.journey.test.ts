import { describe, expect, it } from 'vitest';
import { contractOperations } from '../src/contract-operations.ts';
import { call } from '../src/http-call.ts';
import { directTargets, everyTarget, gateway, type Target } from '../src/journey-target.ts';
import { textOf } from '../src/json-shape.ts';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']);

interface DocumentedOperation {
  method: string;
  path: string;
  operationId: unknown;
}

async function fetchDocument(target: Target): Promise<unknown> {
  const answer = await call(target, 'GET', '/openapi.json');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  return answer.json;
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inner: unknown, key) => Reflect.get(Object(inner), key), value);
}

function operationsOf(document: unknown): DocumentedOperation[] {
  return Object.entries(Object(at(document, 'paths'))).flatMap(([path, item]) =>
    Object.entries(Object(item))
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: sameSlashes(path),
        operationId: at(operation, 'operationId'),
      })),
  );
}

function sameSlashes(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

describe.each(everyTarget)('GET /openapi.json $via', (target) => {
  it('is an OpenAPI 3.1 document', { tags: ['openapi-document'] }, async () => {
    const document = await fetchDocument(target);
    expect(at(document, 'openapi')).toMatch(/^3\.1\.\d+$/);
    expect(textOf(at(document, 'info', 'title'), 'title')).not.toBe('');
    expect(textOf(at(document, 'info', 'version'), 'version')).not.toBe('');
  });

  it('gives each operation an operationId of its own', { tags: ['openapi-document'] }, async () => {
    const ids = operationsOf(await fetchDocument(target)).map((operation) =>
      textOf(operation.operationId, 'operationId'),
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
  });

  it(
    'keeps the names of its components, and every reference leads somewhere',
    { tags: ['openapi-document'] },
    async () => {
      const document = await fetchDocument(target);
      const schemas = Object.keys(Object(at(document, 'components', 'schemas')));
      expect(schemas).toContain('Problem');
      expect(schemas.filter((name) => /^def-?\d+$/.test(name))).toEqual([]);
      for (const reference of referencesIn(document)) {
        const [root, ...path] = reference.split('/');
        expect(root).toBe('#');
        expect(at(document, ...path), reference).toBeDefined();
      }
    },
  );
});

describe('the OpenAPI document of the gateway', () => {
  it(
    'covers every call of the contract, with the components User, Task and Problem',
    { tags: ['openapi-whole'] },
    async () => {
      const document = await fetchDocument(gateway);
      const documented = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
      for (const { method, path } of contractOperations) expect(documented).toContain(`${method} ${sameSlashes(path)}`);
      expect(documented).toContain('GET /.well-known/jwks.json');
      const schemas = Object.keys(Object(at(document, 'components', 'schemas')));
      expect(schemas).toEqual(expect.arrayContaining(['User', 'Task', 'Problem']));
    },
  );

  it('documents nothing that the gateway does not route', { tags: ['openapi-whole'] }, async () => {
    for (const { path } of operationsOf(await fetchDocument(gateway))) {
      const answer = await call(gateway, 'PROPFIND', path.replaceAll(/\{\w+\}/g, '1'));
      expect(answer.status, path).toBe(405);
    }
  });

  it("lets Swagger UI's Authorize button sign in by the password form", { tags: ['login-form'] }, async () => {
    const document = await fetchDocument(gateway);
    const schemes = Object.values(Object(at(document, 'components', 'securitySchemes')));
    const tokenUrls = schemes
      .map((scheme) => at(scheme, 'flows', 'password', 'tokenUrl'))
      .filter((url) => url !== undefined);
    expect(tokenUrls).toHaveLength(1);
    const url = new URL(textOf(tokenUrls[0], 'tokenUrl'), gateway.origin);
    expect(url.origin).toBe(gateway.origin.origin);
    expect(sameSlashes(url.pathname)).toBe('/api/v1/auth/login');
  });

  it("describes the Task's members in the promised order", { tags: ['json-shape'] }, async () => {
    const task = at(await fetchDocument(gateway), 'components', 'schemas', 'Task', 'properties');
    expect(Object.keys(Object(task)).join(' ')).toBe(
      'title description status priority due_date id is_completed owner_id created_at updated_at estimate_minutes version',
    );
  });
});

describe.each(directTargets)('the OpenAPI document $via', (target) => {
  it("covers the service's own calls with their components", { tags: ['services-answer-directly'] }, async () => {
    const document = await fetchDocument(target);
    const documented = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
    const own = contractOperations.filter((operation) => operation.service === target.service);
    for (const { method, path } of own) expect(documented).toContain(`${method} ${sameSlashes(path)}`);
    const component =
      new Map<string, string>([
        ['user', 'User'],
        ['task', 'Task'],
      ]).get(target.service) ?? 'Problem';
    expect(Object.keys(Object(at(document, 'components', 'schemas')))).toContain(component);
  });
});

describe.each(everyTarget)('GET /docs $via', (target) => {
  it('is a page of HTML whose scripts and styles answer, too', { tags: ['docs-page'] }, async () => {
    for (const path of ['/docs', '/docs/']) {
      const page = await call(target, 'GET', path);
      expect(page.status).toBe(200);
      expect(page.headers['content-type']).toMatch(/^text\/html/);
      const assets = [...page.text.matchAll(/(?:src|href)="([^"#]+\.(?:js|css)[^"]*)"/g)].map(
        (match) => match[1] ?? '',
      );
      expect(assets.length).toBeGreaterThan(0);
      for (const asset of assets) {
        const url = new URL(asset, new URL(path, target.origin));
        expect(url.origin, 'loads local files only').toBe(target.origin.origin);
        expect((await call(target, 'GET', url.pathname)).status, asset).toBe(200);
      }
    }
  });
});
