// Checkers of what an API says, for other suites that break things.
export { checkCounters, type CountedTasks } from './counters.ts';
export { checkCreatedTasks, type CreateAttempt, type CreateFault, type StoredTask } from './created-tasks.ts';
