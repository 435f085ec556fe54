export { ApiProblem } from './api-problem.ts';
export { type ApiClient, createApiClient, dataOf } from './create-api-client.ts';
