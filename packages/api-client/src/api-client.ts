export { ApiProblem } from './api-problem.ts';
export type { ApiClient } from './api-calls.ts';
export { createApiClient, dataOf } from './create-api-client.ts';
