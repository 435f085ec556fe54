// What every Fastify process of the system shares. Depends on contracts and errors.
export { createServiceApp, type ServiceApp, type ServiceAppOptions } from './service-app.ts';
export { serviceIdentity } from './service-identity.ts';
export { repeat, type Repetition } from './repeat.ts';
export { createLogger, type Logger } from './logger.ts';
export { runService, type RunningService } from './run-service.ts';
export { isRequestId } from './request-id.ts';
export { traceIdOf } from './trace-id.ts';
export { allowedMethods, createPathTable, type PathTable } from './path-table.ts';
export { problemBody, sendProblem } from './problem-answer.ts';
export { problemResponses, ref } from './openapi-schemas.ts';
export { bigintId, bigintIdSchema } from './bigint-id.ts';
export { clientOf } from './clients.ts';
export { logSecurityEvent, type SecurityEvent } from './security-events.ts';
export { refuseEncoded } from './body-parsers.ts';
export { headerText } from './request-target.ts';
export type { Caller } from './caller.ts';
export { version } from './version.ts';
export { openapiTextOf } from './openapi-text.ts';
