import { hostname } from 'node:os';
import { join } from 'node:path';
import { services } from '@tasktracker/contracts/services';
import type { ProvisionedDatabase } from '@tasktracker/postgres';
import { logFileOf } from '../data-dir/data-dir.ts';
import { createPostgresLauncher } from '../processes/postgres-process.ts';
import { repositoryDir } from '../repository-dir.ts';
import { runProgram } from '../processes/service-process.ts';
import { naming, toProgram, type StackContext } from './stack-context.ts';
import { isErrno, StartError } from '../start-error.ts';

export const postgresName = 'postgres';

export type Databases = ReadonlyMap<string, ProvisionedDatabase>;

const servicesWithDatabase = services.filter(({ database }) => database).map(({ name }) => name);

/** Starts Postgres, unless there is one at `databaseUrl`, and makes what the services need in it. */
export async function startDatabases(context: StackContext, databaseUrl: string | undefined): Promise<Databases> {
  // Loaded while Postgres starts.
  const library = import('@tasktracker/postgres');
  const serverUrl = databaseUrl ?? (await startPostgres(context));
  return context.terminal.step('databases and roles', async (detail) => {
    const { provisionDatabases, readTlsSettings, withTls } = await library;
    try {
      const adminUrl = withTls(serverUrl, readTlsSettings(context.ownEnv));
      const made = await provisionDatabases(toProvision(context, adminUrl, databaseUrl === undefined));
      detail([...made.values()].map(({ databaseName }) => databaseName).join(', '));
      return made;
    } catch (error) {
      context.signal.throwIfAborted();
      throw toConnectionFault(context, error, databaseUrl === undefined);
    }
  });
}

function startPostgres({ dataDir, secrets, table, terminal }: StackContext): Promise<string> {
  return terminal.step('Postgres', async (detail) => {
    const launcher = createPostgresLauncher({
      dataDir: dataDir.postgres,
      password: secrets.postgresPassword(),
      logFile: logFileOf(dataDir, postgresName),
    });
    await table.start(postgresName, 'Postgres', (signal) => launcher.launch(signal));
    const { adminUrl, port } = launcher.address();
    detail(`port ${port}`);
    return adminUrl;
  });
}

/** Somebody else's server may have the roles of another TaskTracker; the embedded one is ours alone. */
function toProvision({ dataDir, secrets }: StackContext, adminUrl: string, isEmbedded: boolean) {
  const place = `with the data folder ${dataDir.root} on ${hostname()}`;
  return {
    adminUrl,
    ...(isEmbedded ? { exclusiveServer: true } : { owner: { id: secrets.installationId, place } }),
    services: servicesWithDatabase.map((service) => ({
      service,
      passwords: { migrate: secrets.rolePassword(service, 'migrate'), app: secrets.rolePassword(service, 'app') },
    })),
  };
}

/** Runs the service's own `migrate` entry, the one that a cluster runs, where there is anything for it to do. */
export function migrateDatabase(context: StackContext, service: string, migrateUrl: string): Promise<void> {
  return context.terminal.step(`${service} migrations`, async (detail) => {
    const { isUpToDate, readTlsSettings, withTls } = await import('@tasktracker/postgres');
    const migrationsDir = join(repositoryDir, 'apps', service, 'prisma', 'migrations');
    const connectionString = withTls(migrateUrl, readTlsSettings(context.ownEnv));
    if (await isUpToDate({ migrationsDir, connectionString })) return detail('The database is up to date.');
    const entry = join(repositoryDir, 'apps', service, 'src', 'migrate.ts');
    const env = { ...context.ownEnv, MIGRATION_DATABASE_URL: migrateUrl };
    const program = toProgram(context, `${service}-migrate`, entry, env);
    detail(await naming(`The migration of ${service}`, program.logFile, runProgram(program, context.signal)));
  });
}

/** Adds what to do to a server that can't be reached or lets nobody in; other faults say it themselves. */
function toConnectionFault({ dataDir }: StackContext, error: unknown, isEmbedded: boolean): unknown {
  if (!(error instanceof Error) || !error.message.includes("can't be reached")) return error;
  if (!isEmbedded)
    return new StartError(`${error.message}: check the database URL, and that the server runs.`, { cause: error });
  if (!isErrno(error.cause) || error.cause.code !== '28P01') return error;
  return new StartError(
    `The secrets in ${dataDir.secrets} are not those of the data beside them: put them back from a backup, or start afresh with \`npm start -- --data-dir DIR\`.`,
    { cause: error },
  );
}
