import type { TaskFilters } from './task-query.ts';

/** A due date as the index has it: never null, because a task without one comes after all others. */
export const dueKey = `coalesce(due_date, 'infinity')`;
const searchable = `title || ' ' || coalesce(description, '')`;

/** Filters that counters know nothing of. */
type UncountedFilter = Exclude<keyof TaskFilters, 'statuses' | 'priorities'>;

/** What a filter that was given asks of a task. */
export interface Condition {
  /** Part of the statement's name: the same for the same SQL. */
  readonly name: string;
  readonly sql: (parameter: string) => string;
  readonly value: string;
  /** SQL of the tasks that an index finds for it. */
  readonly found?: (parameter: string) => string;
}

/** Of the filters that were given; each takes one parameter. */
export function uncountedConditions({ search, dueAfter, dueBefore }: TaskFilters): Condition[] {
  const conditions: Record<UncountedFilter, Condition | undefined> = {
    search: search === undefined ? undefined : searchCondition(search),
    dueAfter: dueAfter && {
      name: 'due-after',
      sql: (from) => `${dueKey} >= ${from}::timestamptz AND ${dueKey} < 'infinity'`,
      value: dueAfter.toISOString(),
    },
    dueBefore: dueBefore && {
      name: 'due-before',
      sql: (until) => `${dueKey} < ${until}::timestamptz`,
      value: dueBefore.toISOString(),
    },
  };
  return Object.values(conditions).filter((condition) => condition !== undefined);
}

/** The term is folded once, not for each task. */
const isLike = (text: string, parameter: string): string =>
  `fold_text(${text}) LIKE (SELECT fold_text(${parameter}::text))`;

/**
 * Three letters or digits of ASCII in a row are a trigram in any locale of the database: its index answers alone
 * (OFFSET 0 keeps the rest out of it), and what it finds is looked at once more, because it holds both fields as one
 * text. For any other search all tasks of the owner are read.
 */
function searchCondition(search: string): Condition {
  const condition: Condition = {
    name: 'short-search',
    sql: (parameter) => `(${isLike('title', parameter)} OR ${isLike('description', parameter)})`,
    value: `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
  };
  // A letter composed with what follows it is no longer ASCII.
  if (!/[a-z0-9]{3}/i.test(search.normalize('NFC'))) return condition;
  return {
    ...condition,
    name: 'search',
    found: (parameter) =>
      `(SELECT *, ctid FROM tasks WHERE 0 + owner_id = $1::bigint AND ${isLike(searchable, parameter)} OFFSET 0) AS found`,
  };
}
