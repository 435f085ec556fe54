// How one of our services calls another. Depends on deadlines, errors and the service kit.
export { createServiceClient, type ServiceClient, type ServiceClientOptions } from './create-service-client.ts';
export { callContextOf, type CallContext } from './call-context.ts';
export { readWhole } from './read-whole.ts';
export { createServiceTokens, type ServiceTokens } from './service-tokens.ts';
export { UnexpectedAnswer } from './unexpected-answer.ts';
export { learnNames } from './cached-lookup.ts';
export { createUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';
export type { UpstreamAnswer } from './answer-receiver.ts';
export { createHeldBytes, type BytesHolder, type HeldBytes } from './held-bytes.ts';
export { createRetryBudget } from './retry-budget.ts';
export { connecting } from './service-connections.ts';
export { Agent, request } from './undici.ts';
