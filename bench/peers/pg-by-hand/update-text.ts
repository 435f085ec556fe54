import { taskJson } from '../../../apps/task/src/tasks/task-json.ts';

/** Ours, word for word. $1 task, $2 owner, $3 time, $4… the columns that change. */
export const updateText = (columns: readonly string[]): string =>
  `UPDATE tasks SET ${columns.map((column, index) => `${column} = $${index + 4}, `).join('')}updated_at = $3
      WHERE id = $1 AND owner_id = $2 RETURNING version, ${taskJson} AS json`;
