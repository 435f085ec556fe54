// Schemas, types and facts that cross a service border. Depends on packages/schema alone.
export {
  apiServices,
  gateway,
  recordOf,
  services,
  servicesByName,
  type ApiServiceName,
  type ServiceEntry,
  type ServiceName,
} from './services.ts';
export { EndedSessionChanges, endedSessionChangesSuffix, EndedSessions, endedSessionsPath } from './ended-sessions.ts';
export { JwkSet, jwksPath } from './jwk-set.ts';
export { FieldFault, ProblemBody } from './problem-body.ts';
export { TaskStats } from './task-stats.ts';
