import type { ReadPresent } from '@tasktracker/events';
import type { RunStatement } from '@tasktracker/postgres';
import { taskJson } from './task-json.ts';

/** As `record_tasks` tells of a new task. */
const text = `SELECT tasks.id::text AS key, uuidv7()::text AS id, 'tasks/' || tasks.id AS subject,
    to_char(tasks.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
    tasks.owner_id::text AS owner, ${taskJson} AS task
  FROM tasks WHERE tasks.id > $1 ORDER BY tasks.id LIMIT $2`;

interface Row {
  readonly key: string;
  readonly id: string;
  readonly subject: string;
  readonly time: string;
  readonly owner: string;
  readonly task: string;
}

/** The tasks that exist, as if they were created now: for consumers that begin. */
export function createPresentTasks(run: RunStatement): ReadPresent {
  return async (after, limit) => {
    const rows = await run<Row>({ name: 'present-tasks', text, values: [after, limit] });
    return rows.map(({ key, owner, task, ...row }) => ({
      ...row,
      key: BigInt(key),
      type: 'task.created.v1',
      data: `{"owner_id":${owner},"task":${task}}`,
    }));
  };
}
