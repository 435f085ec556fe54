const timestamp = (column: string): string =>
  `to_char(tasks.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${column}`;

/**
 * SQL for one task of the relation `tasks` as the text of its JSON. Every answer's bytes are made here, so that a task
 * reads the same from every endpoint and nothing but these columns can leave.
 */
export const taskJson = `(
  SELECT row_to_json(task)::text FROM (
    SELECT tasks.title, tasks.description, tasks.status, tasks.priority, ${timestamp('due_date')}, tasks.id,
      tasks.status = 'done' AS is_completed, tasks.owner_id, ${timestamp('created_at')}, ${timestamp('updated_at')}
  ) AS task
)`;
