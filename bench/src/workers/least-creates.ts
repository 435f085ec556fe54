import type { NamedStatement } from '@tasktracker/postgres';
import { taskJson } from '../../../apps/task/src/tasks/task-json.ts';
import { columnsOf } from '../../../apps/task/src/tasks/task-values.ts';
import { newKey, newTask } from './task-call-plan.ts';

/**
 * The tables of a create once more, with all their columns, checks and indexes, and nothing that happens beside an insert: no
 * triggers.
 */
export const leastTables = `
  CREATE TABLE bare_tasks (LIKE tasks INCLUDING ALL);
  CREATE TABLE bare_events (LIKE outbox_events INCLUDING ALL);
  CREATE TABLE bare_counts (LIKE task_counts INCLUDING ALL) WITH (fillfactor = 50);
  CREATE TABLE bare_keys (LIKE idempotency_keys INCLUDING ALL)`;

const columns = columnsOf(newTask);
const names = ['owner_id', ...Object.keys(columns)];
const insert = `INSERT INTO bare_tasks (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`;
const firstKeyValue = names.length + 1;

/** What a create writes beside its task, from the row of `made`. */
const parts = {
  event: `INSERT INTO bare_events (horizon, id, type, subject, time, account_id, data)
    SELECT event_horizon(), uuidv7(), 'task.created.v1', 'tasks/' || id, clock_timestamp(), owner_id,
      ('{"owner_id":' || owner_id || ',"task":' || json || '}')::json FROM made`,
  counter: `INSERT INTO bare_counts AS counter (owner_id, status, priority, count)
    SELECT owner_id, status, priority, 1 FROM made
    ON CONFLICT (owner_id, status, priority) DO UPDATE SET count = counter.count + 1`,
  key: `INSERT INTO bare_keys (caller_id, key_hash, fingerprint, expires_at, status, location, etag, body)
    SELECT owner_id, $${firstKeyValue}, $${firstKeyValue + 1}, now() + interval '1 day', 201, '/api/v1/tasks/' || id,
      '"' || version || '"', json FROM made`,
};

type Part = keyof typeof parts;

/**
 * The least statements that could be a create: each writes more than the one before it. None looks whether the key is there,
 * is claimed, or whether the account has room for a task.
 */
const leastCreates = {
  'a bare INSERT': [],
  'with event': ['event'],
  'with event and counter': ['event', 'counter'],
  'with event, counter, key and answer': ['event', 'counter', 'key'],
} as const satisfies Record<string, readonly Part[]>;

type LeastCreate = keyof typeof leastCreates;

export const leastNames: readonly LeastCreate[] = Object.keys(leastCreates).filter(
  (name): name is LeastCreate => name in leastCreates,
);

/** The same task for this owner, with these parts. */
export function leastCreate(name: LeastCreate, ownerId: number): NamedStatement {
  const written: readonly Part[] = leastCreates[name];
  const task = [ownerId, ...Object.values(columns)];
  if (written.length === 0) return { name, text: insert, values: task };
  const { keyHash, fingerprint } = newKey(BigInt(ownerId));
  return {
    name,
    // Named like the table, as the JSON's own SQL has it.
    text: `WITH tasks AS (${insert} RETURNING *), made AS (SELECT tasks.*, ${taskJson} AS json FROM tasks),
      ${written.map((part) => `${part} AS (${parts[part]})`).join(', ')}
      SELECT id, version, json FROM made`,
    values: [...task, ...(written.includes('key') ? [keyHash, fingerprint] : [])],
  };
}
