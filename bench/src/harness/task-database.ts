import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tasktracker/embedded-postgres';
import { migrate, provisionDatabase } from '@tasktracker/postgres';
import { outputOf } from './output-of.ts';
import { openTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

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
const password = 'measure';
type Urls = Pick<TaskDatabase, 'appUrl' | 'migrateUrl'>;

/** On the cores of this process: off the measured one, once that has been left. */
export async function startTaskDatabase(): Promise<TaskDatabase> {
  return template === undefined ? startNew() : startCopy(await template());
}

let template: (() => Promise<Template>) | undefined;

interface Template {
  readonly dataDir: string;
  readonly urls: Urls;
}

/**
 * From now on each database is a copy of the first: initdb, roles and migrations take 2 s, a copy and a start 0.4. What is
 * copied stays until this process ends by itself or by a signal.
 */
export function shareTaskDatabases(): void {
  let made: Promise<Template> | undefined;
  template = () => (made ??= makeTemplate());
}

async function startNew(): Promise<TaskDatabase> {
  const { folder, start } = openServer('bench-postgres');
  const server = await start();
  const stop = async (): Promise<void> => {
    await server.stop({ atOnce: true });
    folder.remove();
  };
  try {
    return { ...(await fill(server)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startCopy({ dataDir, urls }: Template): Promise<TaskDatabase> {
  const { folder, start } = openServer('bench-postgres');
  try {
    await outputOf('cp', ['-a', dataDir, folder.path]);
    const server = await start();
    const onServer = (url: string): string => Object.assign(new URL(url), { port: String(server.port) }).href;
    return {
      appUrl: onServer(urls.appUrl),
      migrateUrl: onServer(urls.migrateUrl),
      async stop() {
        await server.stop({ atOnce: true });
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

async function makeTemplate(): Promise<Template> {
  const { dataDir, start } = openServer('bench-template');
  const server = await start();
  const urls = await fill(server);
  await server.stop();
  return { dataDir, urls };
}

async function fill({ adminUrl }: EmbeddedPostgres): Promise<Urls> {
  const urls = await provisionDatabase({ adminUrl, service: 'task', passwords: { migrate: 'm', app: 'a' } });
  await migrate({ migrationsDir, connectionString: urls.migrateUrl, log: silent });
  return urls;
}

/** A folder for a server's data, and what starts it there. */
function openServer(name: string): {
  folder: TemporaryFolder;
  dataDir: string;
  start: () => Promise<EmbeddedPostgres>;
} {
  const running = new Set<EmbeddedPostgres>();
  // They would end by themselves, but only after us, and write until then.
  const quit = (): void => running.forEach(({ pid }) => process.kill(pid, 'SIGQUIT'));
  const folder = openTemporaryFolder(name, quit);
  const dataDir = join(folder.path, 'data');
  const start = async (): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, password });
    running.add(server);
    void server.exited.then(() => running.delete(server));
    return server;
  };
  return { folder, dataDir, start };
}
