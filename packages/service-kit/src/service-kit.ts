// What every Fastify process of the system shares. Depends on contracts and errors.
export { createServiceApp, type ServiceApp } from './service-app.ts';
export { serviceIdentity } from './service-identity.ts';
export { repeat, type Repetition } from './repeat.ts';
export { createLogger, type Logger } from './logger.ts';
export { runService } from './run-service.ts';
export { problemResponses, ref } from './openapi-schemas.ts';
export { bigintId, bigintIdSchema } from './bigint-id.ts';
export { clientOf } from './clients.ts';
export { logSecurityEvent } from './security-events.ts';
export { refuseEncoded } from './body-parsers.ts';
export { headerText } from './request-target.ts';
export type { Caller } from './caller.ts';
export { version } from './version.ts';
export { openapiTextOf } from './openapi-text.ts';
