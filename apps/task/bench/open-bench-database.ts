import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@tasktracker/embedded-postgres';
import { createPool, createPrismaAdapter, migrate, provisionDatabase } from '@tasktracker/postgres';
import type { Pool } from 'pg';
import { PrismaClient } from '../src/generated/prisma/client.ts';
import { taskSessionSettings } from '../src/tasks/task-store.ts';

export interface BenchDatabase {
  /** As the service has it. */
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly migrateUrl: string;
  close(): Promise<void>;
}

const migrationsDir = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
const log = { info: () => {}, warn: () => {} };

/** A throw-away Postgres with default durability and the service's schema. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'tasktracker-measure-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), password: 'measure' });
  const passwords = { migrate: 'm', app: 'a' };
  const { appUrl, migrateUrl } = await provisionDatabase({ adminUrl: server.adminUrl, service: 'task', passwords });
  await migrate({ migrationsDir, connectionString: migrateUrl, log });
  const pool = createPool({
    connectionString: appUrl,
    max: 1,
    applicationName: 'measure',
    statementTimeoutMs: 600_000,
    settings: taskSessionSettings,
    log,
  });
  const prisma = new PrismaClient({ adapter: createPrismaAdapter(pool) });
  return {
    pool,
    prisma,
    migrateUrl,
    async close() {
      await prisma.$disconnect();
      await pool.end();
      await server.stop({ atOnce: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
