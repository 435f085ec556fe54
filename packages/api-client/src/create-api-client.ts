import createClient from 'openapi-fetch';
import type { ApiClient } from './api-calls.ts';
import type { paths } from './api.generated.ts';
import { ApiProblem } from './api-problem.ts';
import { createRetryingFetch, type RetryLimits } from './retrying-fetch.ts';
import { writeHeaders } from './write-headers.ts';

export interface ApiClientOptions {
  /** The gateway's URL, such as `http://localhost:8000`. */
  baseUrl: string;
  /** An access token; sent as Bearer with every call. */
  token?: string;
  /** How often and for how long a call is tried again that is safe to repeat: 4 times within 30 s. */
  retries?: RetryLimits;
}

const usualRetries: RetryLimits = { most: 4, withinMs: 30_000 };

/**
 * A client typed by the API's OpenAPI document: `api.GET('/api/v1/tasks', {params: {query: {limit: 5}}})`. Each write has an
 * `Idempotency-Key` of its own, kept over its retries.
 */
export function createApiClient({ baseUrl, token, retries = usualRetries }: ApiClientOptions): ApiClient {
  const client = createClient<paths>({
    baseUrl,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    fetch: createRetryingFetch(retries),
  });
  client.use(writeHeaders);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it takes any further option; `version` is the one that its middleware reads
  return client as ApiClient;
}

interface Success<Data> {
  data: Data;
  response: Response;
}

interface Failure {
  data?: never;
  error: unknown;
  response: Response;
}

/** A call's answer; throws `ApiProblem` if it is an error: `const user = await dataOf(api.GET('/api/v1/auth/me'))`. */
export async function dataOf<Data>(answer: Promise<Success<Data> | Failure>): Promise<Data> {
  const outcome = await answer;
  if (!isSuccess(outcome)) throw new ApiProblem(outcome.response, outcome.error);
  return outcome.data;
}

function isSuccess<Data>(outcome: Success<Data> | Failure): outcome is Success<Data> {
  return outcome.response.ok;
}
