// The texts are ours, word for word: what Postgres is asked for is no part of the comparison.
import { taskJson } from '../../../apps/task/src/tasks/task-json.ts';
import { columnTypes } from '../../../apps/task/src/tasks/task-values.ts';

/** Each field has a parameter of its type, beginning with this one. */
const parameters = (first: number): string =>
  Object.values(columnTypes)
    .map((type, index) => `$${first + index}::${type}`)
    .join(', ');

const answered = `RETURNING id::text, version, ${taskJson} AS json`;

/** $1 owner, $2 quota, $3… the fields. */
export const createText = `INSERT INTO tasks (owner_id, ${Object.keys(columnTypes).join(', ')}) SELECT $1, ${parameters(3)}
  WHERE (SELECT coalesce(sum(count), 0) FROM task_counts WHERE owner_id = $1) < $2::bigint ${answered}`;

/** $1 task, $2 owner. */
export const getText = `SELECT version, ${taskJson} AS json FROM tasks WHERE id = $1 AND owner_id = $2`;
export const deleteText = 'DELETE FROM tasks WHERE id = $1 AND owner_id = $2';
export const lockText = `SELECT title, description, status, priority, due_date AS "dueDate",
    estimate_minutes AS "estimateMinutes", clock_timestamp()::timestamptz(3) AS now, version, ${taskJson} AS json
  FROM tasks WHERE id = $1 AND owner_id = $2 FOR UPDATE`;

/** $3 time, $4… the columns that change. */
export const updateText = (columns: readonly string[]): string =>
  `UPDATE tasks SET ${columns.map((column, index) => `${column} = $${index + 4}, `).join('')}updated_at = $3
  WHERE id = $1 AND owner_id = $2 ${answered}`;

export const countText = 'SELECT status, priority, count FROM task_counts WHERE owner_id = $1';
