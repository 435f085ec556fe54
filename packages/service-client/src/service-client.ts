// How one of our services calls another. Depends on errors and the service kit.
export { createServiceClient, type ServiceClient, type ServiceClientOptions } from './create-service-client.ts';
export { callContextOf, type CallContext } from './call-context.ts';
export { UnexpectedAnswer } from './unexpected-answer.ts';
export { connecting, idleConnections } from './service-connections.ts';
