import type { Pool } from 'pg';
import type { PoolOptions } from './create-pool.ts';
import { readMigrationNames } from './migration-folder.ts';
import { readProperty } from './read-property.ts';
import { toTlsFault } from './tls-fault.ts';

const freshForMs = 1_000;

interface Answer {
  ready: Promise<boolean>;
  freshUntil: number;
}

const answers = new WeakMap<Pool, Answer>();
const lastFaults = new WeakMap<Pool, string>();

/**
 * Whether the service's last migration is applied; newer ones don't matter. False when the database can't be asked: the
 * log says why, once until the reason changes. Never throws; an answer holds for a second, so that probes cost little.
 */
export function isSchemaReady(pool: Pool, migrationsDir: string, log: PoolOptions['log']): Promise<boolean> {
  const known = answers.get(pool);
  if (known !== undefined && known.freshUntil > performance.now()) return known.ready;
  const answer: Answer = {
    ready: askDatabase(pool, migrationsDir, log).finally(() => {
      answer.freshUntil = performance.now() + freshForMs;
    }),
    // One question at a time, however long it takes.
    freshUntil: Infinity,
  };
  answers.set(pool, answer);
  return answer.ready;
}

async function askDatabase(pool: Pool, migrationsDir: string, log: PoolOptions['log']): Promise<boolean> {
  try {
    const lastMigration = (await readMigrationNames(migrationsDir)).at(-1);
    const { rowCount } = await pool.query({
      name: 'is-schema-ready',
      text: 'select from _prisma_migrations where migration_name = $1 and finished_at is not null and rolled_back_at is null',
      values: [lastMigration],
    });
    lastFaults.delete(pool);
    return rowCount !== 0;
  } catch (error) {
    sayOnce(pool, error, log);
    return false;
  }
}

function sayOnce(pool: Pool, error: unknown, log: PoolOptions['log']): void {
  // Before the first migration there is no table to ask.
  if (readProperty(error, 'code') === '42P01') return;
  const reason = toTlsFault(error) ?? String(readProperty(error, 'message') || readProperty(error, 'code'));
  if (lastFaults.get(pool) === reason) return;
  lastFaults.set(pool, reason);
  const err = error instanceof Error ? error : new Error(reason);
  log.warn({ err }, `not ready: the database can't be asked: ${reason}`);
}
