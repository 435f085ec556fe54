import { describe, expect, it } from 'vitest';
import { withCommonTruths } from './common-truths.ts';

const problem = { description: 'x', content: {} };

function complete(responses: object, schemas: object = {}): Record<string, unknown> {
  const document = { paths: { '/things': { get: { responses } } }, components: { schemas } };
  return JSON.parse(JSON.stringify(withCommonTruths(document)));
}

const named = (name: string): object => ({ $ref: `#/components/headers/${name}` });

describe('a document made from routes', () => {
  it('says what the server itself may answer, besides the operation', () => {
    const { paths } = complete({ 200: { description: 'things' }, 400: { description: 'ACCOUNT_TAKEN' } });
    const responses = {
      200: expect.anything(),
      405: expect.anything(),
      408: expect.anything(),
      431: expect.anything(),
    };
    expect(paths).toMatchObject({ '/things': { get: { responses } } });
    expect(paths).toMatchObject({ '/things': { get: { responses: { 400: { description: 'ACCOUNT_TAKEN' } } } } });
  });

  it('says which headers an answer has', () => {
    const { paths, components } = complete({ 200: { description: 'things' }, 401: problem, 503: problem });
    const id = { 'X-Request-Id': named('X-Request-Id') };
    expect(paths).toMatchObject({
      '/things': {
        get: {
          responses: {
            200: { headers: id },
            401: { headers: { ...id, 'WWW-Authenticate': named('WWW-Authenticate') } },
            503: { headers: { ...id, 'Retry-After': named('Retry-After') } },
          },
        },
      },
    });
    expect(components).toMatchObject({
      headers: { 'X-Request-Id': { required: true } },
      responses: { MethodNotAllowed: { headers: { Allow: named('Allow') } } },
    });
  });

  it('says which answers are kept under an Idempotency-Key, where an operation takes one', () => {
    const responses = { 201: {}, 401: {}, 404: {}, 422: {} };
    const parameters = [{ in: 'header', name: 'Idempotency-Key' }];
    const document = { paths: { '/things': { post: { parameters, responses } } }, components: { schemas: {} } };
    const { paths, components } = JSON.parse(JSON.stringify(withCommonTruths(document)));
    const answers = paths['/things'].post.responses;
    const kept = Object.keys(answers).filter((status) => 'Idempotency-Expires' in (answers[status].headers ?? {}));
    expect(kept).toEqual(['201', '404']);
    expect(components.headers).toHaveProperty('Idempotency-Replayed');
    expect(complete({ 201: problem })).not.toHaveProperty('components.headers.Idempotency-Replayed');
  });

  it('gives each integer a format or a small maximum', () => {
    const { components } = complete(
      {},
      {
        Count: { type: 'integer' },
        Nullable: { properties: { count: { type: ['integer', 'null'] } } },
        Small: { type: 'integer', maximum: 1_000 },
        Large: { type: 'integer', maximum: Number.MAX_SAFE_INTEGER },
      },
    );
    expect(components).toMatchObject({
      schemas: {
        Count: { type: 'integer', format: 'int64' },
        Nullable: { properties: { count: { format: 'int64' } } },
        Large: { format: 'int64' },
      },
    });
    expect(components).not.toMatchObject({ schemas: { Small: { format: expect.anything() } } });
  });
});
