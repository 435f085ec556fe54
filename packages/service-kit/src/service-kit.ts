// What every Fastify process of the system shares. Depends on contracts, deadlines and errors.
export { createServiceApp } from './service-app.ts';
export type { ServiceApp } from './typed-app.ts';
export { serviceIdentity } from './service-identity.ts';
export { inBatches } from './in-batches.ts';
export { repeat, type Repetition } from './repeat.ts';
export { createLogger, type Logger } from './logger.ts';
export { runService } from './run-service.ts';
export {
  addScope,
  bearerScope,
  internalBearerScope,
  internalScope,
  publicScope,
  type AccessScope,
} from './access-scope.ts';
export { tagRoutes } from './tag-routes.ts';
export { ref } from './ref.ts';
export { exactInteger } from './exact-integers.ts';
export { toFieldFaults } from './field-faults.ts';
export { asId, idSchema, pathIdSchema, toId } from './ids.ts';
export { sendTagged, versionTag } from './entity-tags.ts';
export { ifMatchOf, requireMatch, type IfMatch } from './preconditions.ts';
export { problemType, toProblemText } from './problem-answer.ts';
export { addHeaderCheck, withHeaderParameter } from './header-checks.ts';
export { noContent } from './no-content.ts';
export { timestampSchema } from './timestamps.ts';
export { deadlineHeader } from './request-deadlines.ts';
export { createFairShare } from './fair-share.ts';
export { isProbe } from './probes.ts';
export { clientOf } from './clients.ts';
export { networkOf } from './network-of.ts';
export { logSecurityEvent, type SecurityEvent } from './security-events.ts';
export { refuseEncoded } from './body-parsers.ts';
export { headerText } from './request-target.ts';
export type { Caller } from './caller.ts';
export { version } from './version.ts';
export { openapiTextOf } from './openapi-text.ts';
export { limitHeaders, limitResponses, proxyResponses } from './common-truths.ts';
