import type { LogPage, LogPosition } from '@tasktracker/events';
import type { NewestTask } from './task-repository.ts';

/** The tasks that some events are about, each once, in the order in which they come first. */
export function changedTaskIds(events: LogPage['events'], limit: number): bigint[] {
  return [...new Set(events.map(({ subject }) => toTaskId(subject)))].slice(0, limit);
}

interface ChangePage {
  /** Their JSON, separated by commas. */
  readonly changes: string;
  /** Undefined: nothing more has happened yet. */
  readonly next: LogPosition | undefined;
}

/**
 * A page of changes: the tasks that are in it with their newest state, and where the next one begins, which is before
 * the first event about any other task.
 */
export function toChangePage(events: LogPage['events'], newest: readonly NewestTask[], isAll: boolean): ChangePage {
  const told = new Map(newest.map(({ id, json }) => [BigInt(id), json]));
  const end = events.findIndex(({ subject }) => !told.has(toTaskId(subject)));
  const changes = [...told].map(([id, json]) =>
    json === null ? `{"id":${id},"deleted":true}` : `{"id":${id},"deleted":false,"task":${json}}`,
  );
  const last = end < 0 ? (isAll ? undefined : events.at(-1)) : events[end - 1];
  return { changes: changes.join(','), next: last?.at };
}

/** Subjects are `tasks/17`. */
function toTaskId(subject: string): bigint {
  return BigInt(subject.slice(subject.indexOf('/') + 1));
}
