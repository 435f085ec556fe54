import type { Pool } from 'pg';
import { readMigrationNames } from './migration-folder.ts';

const freshForMs = 1_000;

interface Answer {
  ready: Promise<boolean>;
  freshUntil: number;
}

const answers = new WeakMap<Pool, Answer>();

/**
 * Whether the service's last migration is applied; newer ones don't matter. False when the database can't be asked.
 * Never throws; an answer stands for a second, so that probes cost next to nothing.
 */
export function isSchemaReady(pool: Pool, migrationsDir: string): Promise<boolean> {
  const known = answers.get(pool);
  if (known !== undefined && known.freshUntil > performance.now()) return known.ready;
  const answer: Answer = {
    ready: askDatabase(pool, migrationsDir).finally(() => {
      answer.freshUntil = performance.now() + freshForMs;
    }),
    // One question at a time, however long it takes.
    freshUntil: Infinity,
  };
  answers.set(pool, answer);
  return answer.ready;
}

async function askDatabase(pool: Pool, migrationsDir: string): Promise<boolean> {
  try {
    const lastMigration = (await readMigrationNames(migrationsDir)).at(-1);
    const { rowCount } = await pool.query({
      name: 'is-schema-ready',
      text: 'select from _prisma_migrations where migration_name = $1 and finished_at is not null and rolled_back_at is null',
      values: [lastMigration],
    });
    return rowCount !== 0;
  } catch {
    return false;
  }
}
