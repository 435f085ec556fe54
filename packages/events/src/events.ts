// What a service tells of what happened in it, and how others hear of it. Depends on errors, postgres, schema and service-kit.
export { createEventLog, type EventLog, type LogPage } from './event-log.ts';
export { eventErrors } from './event-errors.ts';
export type { ReadPresent } from './event-feed.ts';
export { eventFeedRoutes } from './event-feed-routes.ts';
export { startPruningEvents } from './prune-events.ts';
export type { LogPosition } from './log-position.ts';
