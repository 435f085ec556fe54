import { Problem, sharedErrors } from '@tasktracker/errors';
import { Type } from '@tasktracker/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addHeaderCheck,
  addScope,
  createLogger,
  createServiceApp,
  publicScope,
  type ServiceApp,
} from '../src/service-kit.ts';

class BadColour extends Problem {
  constructor() {
    super(sharedErrors.BAD_REQUEST, { detail: 'no colour' });
  }
}

describe('a header that an operation reads', () => {
  let app: ServiceApp;

  beforeAll(async () => {
    app = await createServiceApp({
      serviceName: 'colour-service',
      description: 'for tests',
      log: createLogger('colour-service', 'silent'),
      isReady: () => Promise.resolve(true),
    });
    app.addHook('onRoute', (route) => {
      if (route.schema?.operationId !== 'paint') return;
      addHeaderCheck(route, ({ headers }) => {
        if (headers['colour'] === 'loud') throw new BadColour();
      });
      route.schema = { ...route.schema, headers: Type.Object({ Colour: Type.String({ maxLength: 2 }) }) };
    });
    await addScope(app, publicScope, async (scope) => {
      const body = Type.Object({ title: Type.String() });
      scope.post('/paint', { schema: { operationId: 'paint', body } }, ({ headers }) => headers);
      scope.patch('/paint', { schema: { operationId: 'paint' } }, ({ headers }) => headers);
    });
  });
  afterAll(() => app.close());

  const paint = async (payload: string, type: string, colour = 'loud'): Promise<number> => {
    const headers = { 'content-type': type, colour };
    return (await app.inject({ method: 'POST', url: '/paint', headers, payload })).statusCode;
  };

  it('is checked after the body’s media type and size, and before its content', { tags: ['check-order'] }, async () => {
    expect(await paint('{"title": "x"}', 'text/plain')).toBe(415);
    expect(await paint(JSON.stringify({ title: 'x'.repeat(1024 * 1024) }), 'application/json')).toBe(413);
    expect(await paint('{', 'application/json')).toBe(400);
    expect(await paint('{}', 'application/json')).toBe(400);
    expect(await paint('{}', 'application/json', 'mute')).toBe(422);
    const answer = await app.inject({ method: 'POST', url: '/paint?a=%00', headers: { colour: 'loud' } });
    expect(answer.statusCode).toBe(400);
    const empty = await app.inject({ method: 'PATCH', url: '/paint', headers: { colour: 'loud' } });
    expect(empty.statusCode).toBe(400);
  });

  it('is documented without being validated, and leaves the others alone', async () => {
    const answer = await app.inject({ method: 'PATCH', url: '/paint', headers: { colour: 'three', other: 'kept' } });
    expect(answer.json()).toMatchObject({ colour: 'three', other: 'kept' });
    const { paths } = (await app.inject('/openapi.json')).json();
    expect(paths['/paint'].patch.parameters).toMatchObject([{ in: 'header', name: 'Colour', required: true }]);
  });
});
