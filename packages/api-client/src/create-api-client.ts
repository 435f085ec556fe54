import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.generated.ts';
import { ApiProblem } from './api-problem.ts';

export type ApiClient = Client<paths>;

export interface ApiClientOptions {
  /** The gateway's URL, such as `http://localhost:8000`. */
  baseUrl: string;
  /** An access token; sent as Bearer with every call. */
  token?: string;
}

/** A client typed by the API's OpenAPI document: `api.GET('/api/v1/tasks', {params: {query: {limit: 5}}})`. */
export function createApiClient({ baseUrl, token }: ApiClientOptions): ApiClient {
  return createClient<paths>({ baseUrl, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
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
