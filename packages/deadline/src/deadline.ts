// How long somebody waits for an answer. Depends on errors alone.
export { createDeadline, type Deadline } from './create-deadline.ts';
export { currentDeadline, withDeadline } from './current-deadline.ts';
