import { Type } from '@tasktracker/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addScope,
  createLogger,
  createServiceApp,
  publicScope,
  sendTagged,
  type ServiceApp,
} from '../src/service-kit.ts';

let app: ServiceApp;

beforeAll(async () => {
  app = await createServiceApp({
    serviceName: 'tags',
    description: '',
    log: createLogger('tags', 'silent'),
    isReady: () => Promise.resolve(true),
  });
  await addScope(app, publicScope, async (scope) => {
    scope.get('/versioned', { schema: { operationId: 'getVersioned' } }, (request, reply) =>
      sendTagged(request, reply, '{"version":7}', '"7"'),
    );
    const params = Type.Object({ text: Type.String() });
    scope.get('/texts/:text', { schema: { operationId: 'getText', params } }, (request, reply) =>
      sendTagged(request, reply, JSON.stringify(request.params.text)),
    );
  });
});
afterAll(() => app.close());

const versioned = (ifNoneMatch?: string) =>
  app.inject({ url: '/versioned', headers: { ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }) } });

const tagOf = async (text: string): Promise<unknown> => (await app.inject(`/texts/${text}`)).headers['etag'];

it.each([undefined, '"8"', '7', '"17"', '"6", "8"', '"6,7"', 'W/"8"', ''])(
  'is sent whole to a caller that has %j',
  async (has) => {
    const answer = await versioned(has);
    expect([answer.statusCode, answer.headers['etag'], answer.payload]).toEqual([200, '"7"', '{"version":7}']);
  },
);

it.each(['"7"', 'W/"7"', '"6", "7"', '"6,5","7"', '*', ' * '])(
  'is not sent again to a caller that has %j',
  async (has) => {
    const answer = await versioned(has);
    expect([answer.statusCode, answer.headers['etag'], answer.payload]).toEqual([304, '"7"', '']);
  },
);

it('is tagged by its text when it has no version', async () => {
  expect(await tagOf('one')).toMatch(/^"[^"]+"$/);
  expect(await tagOf('one')).toBe(await tagOf('one'));
  expect(await tagOf('one')).not.toBe(await tagOf('two'));
});
