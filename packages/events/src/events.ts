// What a service tells of what happened in it: the log of its events. Depends on errors, postgres and service-kit.
export { createEventLog, type EventLog, type LogPage } from './event-log.ts';
export { eventErrors } from './event-errors.ts';
export { startPruningEvents } from './prune-events.ts';
export type { LogPosition } from './log-position.ts';
