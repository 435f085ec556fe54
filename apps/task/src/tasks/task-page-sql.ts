import { dueKey, uncountedConditions, type Condition } from './task-filter-sql.ts';
import { taskJson } from './task-json.ts';
import { taskPriorities, taskStatuses } from './task.ts';
import type { NamedStatement } from '@tasktracker/postgres';
import type { TaskFilters, TaskPageQuery, TaskPosition, TaskSort } from './task-query.ts';

interface Order {
  readonly column: string;
  /** What the index is on; never null, so that one comparison of rows finds the next page. */
  readonly key: string;
  readonly direction: 'ASC' | 'DESC';
  /** Stands for null in `key`: last in this direction. */
  readonly last: string;
}

const orders: Record<TaskSort, Order> = {
  created_at: ascending('created_at', 'created_at'),
  '-created_at': descending('created_at', 'created_at'),
  updated_at: ascending('updated_at', 'updated_at'),
  '-updated_at': descending('updated_at', 'updated_at'),
  due_date: ascending('due_date', dueKey),
  '-due_date': descending('due_date', `coalesce(due_date, '-infinity')`),
};

function ascending(column: string, key: string): Order {
  return { column, key, direction: 'ASC', last: 'infinity' };
}

function descending(column: string, key: string): Order {
  return { column, key, direction: 'DESC', last: '-infinity' };
}

// $1 owner, $2 key and $3 id of the position before the page, $4 limit, $5 skip, $6 statuses, $7 priorities, $8… others
const ofOwner = 'owner_id = $1::bigint';
const counted = 'status = ANY ($6::task_status[]) AND priority = ANY ($7::task_priority[])';

const afterPosition = ({ key, direction }: Order): string =>
  `(${key}, id) ${direction === 'ASC' ? '>' : '<'} ($2::timestamptz, $3::bigint)`;
const inOrder = ({ direction }: Order): string => `ORDER BY key ${direction}, id ${direction}`;

/** The statement for a page: its tasks as JSON text, where it ends, and how many tasks the filters match. */
export function toPageStatement(
  ownerId: bigint,
  query: TaskPageQuery,
  isBounded = query.limit > seldomTooLong,
): NamedStatement {
  const { filters, sort, limit, skip } = query;
  const { statuses, priorities } = filters;
  const position = positionValues(orders[sort], query.after);
  const conditions = uncountedConditions(filters);
  const values = [ownerId, ...position, limit, skip, statuses, priorities, ...conditions.map(({ value }) => value)];

  const shape = conditions.map((condition) => condition.name).join(' ') || `${statuses.length}x${priorities.length}`;
  const name = `tasks ${sort} ${shape}${isBounded ? ' bounded' : ''}`;
  let text = texts.get(name);
  if (text === undefined) {
    text =
      conditions.length > 0 ? matchedPage(orders[sort], conditions, isBounded) : countedPage(sort, filters, isBounded);
    texts.set(name, text);
  }
  return { name, text, values };
}

const texts = new Map<string, string>();

function positionValues({ direction, last }: Order, after: TaskPosition | undefined): [key: string, id: bigint] {
  if (after) return [after.key?.toISOString() ?? last, after.id];
  return direction === 'ASC' ? ['-infinity', -1n] : ['infinity', 2n ** 63n - 1n];
}

/**
 * Status and priority alone: the total is a sum of counters, and the page is merged from one index range for each
 * (status, priority), of which only as many rows are read as the page has. Flat at any depth and however rare a match.
 */
function countedPage(sort: TaskSort, { statuses, priorities }: TaskFilters, isBounded: boolean): string {
  const order = orders[sort];
  const range = (more: string, limit: string): string =>
    `SELECT *, ${order.key} AS key FROM tasks WHERE ${ofOwner}${more} AND ${afterPosition(order)} ${inOrder(order)} ${limit}`;
  const total = `(SELECT coalesce(sum(count), 0) FROM task_counts WHERE ${ofOwner} AND ${counted})`;
  const isEverything = statuses.length === taskStatuses.length && priorities.length === taskPriorities.length;
  const window = 'LIMIT $4::int + 1 OFFSET $5::bigint';
  // Only the default order has an index that does without the merge.
  if (isEverything && order.column === 'created_at') return page(order, range('', window), total, isBounded);

  const ranges = statuses.flatMap((_status, s) =>
    priorities.map((_priority, p) => {
      const combination = ` AND status = ($6::task_status[])[${s + 1}] AND priority = ($7::task_priority[])[${p + 1}]`;
      return `(${range(combination, 'LIMIT $4::int + 1 + $5::bigint')})`;
    }),
  );
  return page(
    order,
    `SELECT * FROM (${ranges.join(' UNION ALL ')}) AS merged ${inOrder(order)} ${window}`,
    total,
    isBounded,
  );
}

/** Search and due dates have no counters: what matches is gathered once, for the total and for any page. */
function matchedPage(order: Order, filters: readonly Condition[], isBounded: boolean): string {
  const conditions = filters.map(({ sql }, index) => sql(`$${index + 8}`));
  const found = filters.map((filter, index) => filter.found?.(`$${index + 8}`)).find((sql) => sql !== undefined);
  // By ctid, which holds for the length of a statement: an id would be looked up by an index of the planner's choice.
  const matched = `SELECT id, ${order.key} AS key, ctid AS location FROM ${found ?? 'tasks'}
    WHERE ${[ofOwner, counted, ...conditions].join(' AND ')}`;
  const top = `SELECT * FROM matched WHERE ${afterPosition({ ...order, key: 'key' })} ${inOrder(order)}
    LIMIT $4::int + 1 OFFSET $5::bigint`;
  const rows = `SELECT tasks.*, top.key FROM (${top}) AS top JOIN tasks ON tasks.ctid = top.location`;
  return `WITH matched AS MATERIALIZED (${matched}) ${page(order, rows, '(SELECT count(*) FROM matched)', isBounded)}`;
}

/** A page ends at 4 MiB, with room for what surrounds its tasks. */
export const pageBytes = 4 * 2 ** 20 - 512;
/**
 * Pages of up to this many tasks are at most 6 MB: they are made without a bound first, and again if they are too long.
 */
const seldomTooLong = 100;

/** Whether a page has to be asked for again, with `isBounded`. */
export function isTooLong(tasks: string): boolean {
  // Three bytes for each UTF-16 unit at most, so that an ordinary page is not counted.
  return tasks.length * 3 > pageBytes && Buffer.byteLength(tasks) > pageBytes;
}

/** From up to limit + 1 rows in order: the page's JSON, whether more follow, and the position of its last task. */
function page(order: Order, rows: string, total: string, isBounded: boolean): string {
  return `
    SELECT
      string_agg(json, ',' ${inOrder(order)}) FILTER (WHERE fits) AS tasks,
      coalesce(bool_or(NOT fits), false) AS more,
      (max(id) FILTER (WHERE is_last))::text AS last_id,
      (extract(epoch FROM max(${order.column}) FILTER (WHERE is_last)) * 1000)::bigint::text AS last_key,
      ${total}::text AS total
    FROM (${isBounded ? boundedRows(order, rows) : shortRows(order, rows)}) AS page`;
}

function shortRows({ column, direction }: Order, rows: string): string {
  return `
    SELECT id, key, ${column}, json, place <= $4::int AS fits, place = $4::int AS is_last FROM (
      SELECT id, key, ${column}, row_number() OVER (ORDER BY key ${direction}, id ${direction}) AS place, ${taskJson} AS json
      FROM (${rows}) AS tasks
    ) AS numbered`;
}

/**
 * Rows after the bytes are full are left before any JSON is made: their texts, which are no longer than their JSON, are
 * measured without being read. OFFSET 0 keeps the planner from making the JSON twice, once to measure it.
 */
function boundedRows({ column, direction }: Order, rows: string): string {
  const window = `WINDOW so_far AS (ORDER BY key ${direction}, id ${direction} ROWS UNBOUNDED PRECEDING)`;
  const text = '(octet_length(title) + coalesce(octet_length(description), 0))';
  return `
    SELECT id, key, ${column}, json, fits, fits AND NOT lead(fits) OVER so_far AS is_last FROM (
      SELECT id, key, ${column}, json,
        place <= $4::int AND (place = 1 OR sum(octet_length(json) + 1) OVER so_far <= ${pageBytes}) AS fits
      FROM (
        SELECT id, key, ${column}, place, ${taskJson} AS json FROM (
          SELECT *, row_number() OVER so_far AS place, sum(${text}) OVER so_far - ${text} AS before
          FROM (${rows}) AS ordered ${window}
        ) AS tasks WHERE before <= ${pageBytes} OFFSET 0
      ) AS made ${window}
    ) AS measured ${window}`;
}
