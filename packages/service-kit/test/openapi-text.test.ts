import { Type } from '@tasktracker/schema';
import { expect, it } from 'vitest';
import { openapiTextOf } from '../src/service-kit.ts';
import { startEchoService } from './echo-service.ts';

it.each([
  ['asks', { body: Type.Object({ when: Type.String({ format: 'moment' }) }) }],
  ['answers', { response: { 200: Type.Unsafe({ $ref: 'Nowhere#' }) } }],
])('a route whose schema of what it %s is at fault is found by who writes the document', async (_what, schema) => {
  const app = await startEchoService((scope) => {
    scope.post('/faulty', { schema: { operationId: 'beFaulty', ...schema } }, () => ({}));
  });
  await expect(openapiTextOf(app)).rejects.toThrow('POST /faulty');
  await app.close();
});
