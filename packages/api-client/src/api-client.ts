export { ApiProblem } from './api-problem.ts';
export { type ApiClient, type ApiClientOptions, createApiClient, dataOf } from './create-api-client.ts';
export type { components, operations, paths } from './api.generated.ts';
