// Schemas, types and facts that cross a service border. Depends on typebox alone.
export {
  gateway,
  recordOfServices,
  services,
  servicesByName,
  type ServiceEntry,
  type ServiceName,
} from './services.ts';
export { EndedSessions } from './ended-sessions.ts';
export { JwkSet } from './jwk-set.ts';
export { FieldFault, Problem } from './problem.ts';
export { TaskStats } from './task-stats.ts';
