// What a service tells of what happened in it, and how others hear of it. Depends on errors, postgres, schema, service-client
// and service-kit.
export { createEventLog, type EventLog, type LogPage } from './event-log.ts';
export { eventErrors } from './event-errors.ts';
export type { ReadPresent } from './event-feed.ts';
export { eventFeedRoutes } from './event-feed-routes.ts';
export { createFeedClient } from './feed-client.ts';
export { startConsuming } from './event-consumer.ts';
export type { ConsumedEvent } from './consumed-event.ts';
export type { EventHandlers } from './event-handlers.ts';
export { createInbox, type Inbox } from './inbox.ts';
export { eventsUsage, parseEventsCommand, runEventsCommand } from './events-command.ts';
export { startPruningEvents } from './prune-events.ts';
export type { LogPosition } from './log-position.ts';
