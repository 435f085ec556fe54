import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, ApiProblem, createApiClient, dataOf } from '../src/api-client.ts';

interface SeenRequest {
  line: string;
  authorization: string | undefined;
  body: string;
}

let server: Server;
let baseUrl: string;
let seen: SeenRequest[];
let answer: { status: number; headers: Record<string, string>; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    void note(request).then(() => response.writeHead(answer.status, answer.headers).end(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  seen = [];
  answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":7}' };
});

describe('the API client', () => {
  it('sends its token as Bearer, and none when it has none', async () => {
    await dataOf(createApiClient({ baseUrl, token: 'abc' }).GET('/api/v1/auth/me'));
    await dataOf(createApiClient({ baseUrl }).GET('/api/v1/auth/me'));
    expect(seen.map((request) => request.authorization)).toEqual(['Bearer abc', undefined]);
  });

  it('sends the body as JSON and gives back the data', async () => {
    const user = await dataOf(createApiClient({ baseUrl }).PATCH('/api/v1/auth/me', { body: { full_name: 'Ada' } }));
    expect(user.id).toBe(7);
    expect(seen).toEqual([{ line: 'PATCH /api/v1/auth/me', authorization: undefined, body: '{"full_name":"Ada"}' }]);
  });

  it('returns nothing from a 204', async () => {
    answer = { status: 204, headers: {}, body: '' };
    const json = { current_password: 'secret' };
    expect(await dataOf(createApiClient({ baseUrl }).DELETE('/api/v1/auth/me', { body: json }))).toBeUndefined();
  });
});

describe('an error answer', () => {
  it('is thrown as ApiProblem with status, code, detail, request id and faults', async () => {
    const faults = [{ in: 'body', pointer: '/title', code: 'TYPE', detail: 'is no string' }];
    const problem = {
      title: 'T',
      status: 422,
      detail: 'No',
      code: 'VALIDATION_FAILED',
      request_id: 'r-1',
      errors: faults,
    };
    answer = { status: 422, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(problem) };
    const error = await failing(createApiClient({ baseUrl }));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({
      status: 422,
      code: 'VALIDATION_FAILED',
      detail: 'No',
      requestId: 'r-1',
      errors: faults,
    });
    expect(String(error)).toBe('ApiProblem: 422 No');
  });

  it('tells how long to wait', async () => {
    answer = { status: 503, headers: { 'retry-after': '2' }, body: '{"code":"SERVICE_UNAVAILABLE"}' };
    const impatient = createApiClient({ baseUrl, retries: { most: 0, withinMs: 0 } });
    expect(await failing(impatient)).toMatchObject({ status: 503, retryAfterSeconds: 2 });
  });

  it.each(['<h1>Bad Gateway</h1>', '', 'null', '[]'])(
    'is an ApiProblem even when its body is not a problem: %j',
    async (body) => {
      answer = { status: 502, headers: { 'content-type': 'text/html' }, body };
      const error = await failing(createApiClient({ baseUrl }));
      expect(error).toMatchObject({ status: 502, code: 'UNKNOWN', detail: 'Bad Gateway', errors: [] });
    },
  );
});

/** What reading the profile throws. */
function failing(api: ApiClient): Promise<unknown> {
  return dataOf(api.GET('/api/v1/auth/me')).catch((error: unknown) => error);
}

async function note(request: IncomingMessage): Promise<void> {
  const { method, url, headers } = request;
  seen.push({ line: `${method} ${url}`, authorization: headers.authorization, body: await text(request) });
}
