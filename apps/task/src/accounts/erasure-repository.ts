import type { RunStatement } from '@tasktracker/postgres';

/**
 * What an account has left here besides its keys. Each call is a statement; those with a limit give how many rows they found,
 * all of which are gone then, whoever removed them: fewer than the limit are the last.
 */
export interface ErasureRepository {
  /** The oldest first; their events say so, as of any task. */
  removeTasks(accountId: bigint, limit: number): Promise<number>;
  /** Of the log: what was told of the account's tasks. */
  removeEvents(accountId: bigint, limit: number): Promise<number>;
  /** Of an account without tasks. */
  removeCounts(accountId: bigint): Promise<void>;
  /** Looks at the account once more after so long. */
  schedule(accountId: bigint, afterMs: number): Promise<void>;
  listDue(limit: number): Promise<bigint[]>;
  /** It is not to be looked at any more. */
  finish(accountId: bigint): Promise<void>;
}

const removeTasksText = `WITH found AS MATERIALIZED (
    SELECT id FROM tasks WHERE owner_id = $1 ORDER BY created_at, id LIMIT $2
  ), gone AS (
    DELETE FROM tasks WHERE id = ANY (ARRAY (SELECT id FROM found))
  ) SELECT count(*)::integer AS found FROM found`;

const removeEventsText = `WITH found AS MATERIALIZED (
    SELECT ctid FROM outbox_events WHERE account_id = $1 LIMIT $2
  ), gone AS (
    DELETE FROM outbox_events WHERE ctid = ANY (ARRAY (SELECT ctid FROM found))
  ) SELECT count(*)::integer AS found FROM found`;

const scheduleText = `INSERT INTO account_erasures (account_id, due_at)
  VALUES ($1, now() + $2::integer * interval '1 millisecond')
  ON CONFLICT (account_id) DO UPDATE SET due_at = excluded.due_at`;

export function createErasureRepository(run: RunStatement): ErasureRepository {
  const remove = async (name: string, text: string, values: unknown[]): Promise<number> => {
    const [row] = await run<{ found: number }>({ name, text, values });
    return row?.found ?? 0;
  };
  const act = async (name: string, text: string, values: unknown[]): Promise<void> =>
    void (await run({ name, text, values }));
  return {
    removeTasks: (accountId, limit) => remove('erase-tasks', removeTasksText, [accountId, limit]),
    removeEvents: (accountId, limit) => remove('erase-events', removeEventsText, [accountId, limit]),
    removeCounts: (accountId) => act('erase-counts', 'SELECT forget_task_counts($1)', [accountId]),
    schedule: (accountId, afterMs) => act('schedule-erasure', scheduleText, [accountId, afterMs]),
    async listDue(limit) {
      const text = 'SELECT account_id::text AS id FROM account_erasures WHERE due_at <= now() ORDER BY due_at LIMIT $1';
      const rows = await run<{ id: string }>({ name: 'due-erasures', text, values: [limit] });
      return rows.map(({ id }) => BigInt(id));
    },
    finish: (accountId) => act('finish-erasure', 'DELETE FROM account_erasures WHERE account_id = $1', [accountId]),
  };
}
