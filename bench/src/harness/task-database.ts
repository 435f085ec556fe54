import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tasktracker/embedded-postgres';
import { migrate, provisionDatabase } from '@tasktracker/postgres';
import { openTemporaryFolder } from './temporary-folder.ts';

/** A throw-away Postgres with default durability and the task service's schema. */
export interface TaskDatabase {
  /** As the service's own role. */
  readonly appUrl: string;
  /** As the owner of the schema. */
  readonly migrateUrl: string;
  stop(): Promise<void>;
}

const migrationsDir = fileURLToPath(new URL('../../../apps/task/prisma/migrations', import.meta.url));
const silent = { info: () => {}, warn: () => {} };

/** On the cores of this process: off the measured one, once that has been left. */
export async function startTaskDatabase(): Promise<TaskDatabase> {
  const started: EmbeddedPostgres[] = [];
  // They would end by themselves, but only after us, and write until then.
  const quit = (): void => started.forEach(({ pid }) => process.kill(pid, 'SIGQUIT'));
  const folder = openTemporaryFolder('bench-postgres', quit);
  const server = await startEmbeddedPostgres({ dataDir: join(folder.path, 'data'), password: 'measure' });
  started.push(server);
  const stop = async (): Promise<void> => {
    await server.stop({ atOnce: true });
    folder.remove();
  };
  try {
    const passwords = { migrate: 'm', app: 'a' };
    const urls = await provisionDatabase({ adminUrl: server.adminUrl, service: 'task', passwords });
    await migrate({ migrationsDir, connectionString: urls.migrateUrl, log: silent });
    return { ...urls, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
