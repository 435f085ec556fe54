import { join } from 'node:path';
import { services } from '@tasktracker/contracts/services';
import type { ProvisionedDatabase } from '@tasktracker/postgres';
import { logFileOf } from './data-dir.ts';
import { createPostgresLauncher } from './postgres-process.ts';
import { repositoryDir } from './repository-dir.ts';
import { secret } from './secrets.ts';
import { runProgram } from './service-process.ts';
import { naming, toProgram, type StackContext } from './stack-context.ts';
import { isErrno, StartError } from './start-error.ts';

export const postgresName = 'postgres';

export type Databases = ReadonlyMap<string, ProvisionedDatabase>;

const servicesWithDatabase = services.filter(({ database }) => database).map(({ name }) => name);

/** Starts Postgres, unless there is one at `databaseUrl`, and makes what the services need in it. */
export async function startDatabases(context: StackContext, databaseUrl: string | undefined): Promise<Databases> {
  const adminUrl = databaseUrl ?? (await startPostgres(context));
  return context.terminal.step('databases and roles', async (detail) => {
    const databases = await provision(context, adminUrl, databaseUrl === undefined);
    detail([...databases.values()].map(({ databaseName }) => databaseName).join(', '));
    return databases;
  });
}

function startPostgres({ dataDir, table, terminal }: StackContext): Promise<string> {
  return terminal.step('Postgres', async (detail) => {
    const launcher = createPostgresLauncher({
      dataDir: dataDir.postgres,
      password: secret(dataDir.secrets, 'postgres-password'),
      logFile: logFileOf(dataDir, postgresName),
    });
    await table.start(postgresName, (signal) => launcher.launch(signal));
    const { adminUrl, port } = launcher.address();
    detail(`port ${port}`);
    return adminUrl;
  });
}

async function provision({ dataDir }: StackContext, adminUrl: string, exclusiveServer: boolean): Promise<Databases> {
  // Not needed before Postgres is up: loaded while it starts.
  const { provisionDatabase } = await import('@tasktracker/postgres');
  const databases = new Map<string, ProvisionedDatabase>();
  for (const service of servicesWithDatabase) {
    const passwords = {
      migrate: secret(dataDir.secrets, `${service}-migrate-password`),
      app: secret(dataDir.secrets, `${service}-app-password`),
    };
    try {
      databases.set(service, await provisionDatabase({ adminUrl, service, passwords, exclusiveServer }));
    } catch (error) {
      throw toConnectionFault(adminUrl, error);
    }
  }
  return databases;
}

/** Runs the service's own `migrate` entry, the one that a cluster runs. */
export function migrateDatabase(context: StackContext, service: string, migrateUrl: string): Promise<void> {
  return context.terminal.step(`${service} migrations`, async (detail) => {
    const entry = join(repositoryDir, 'apps', service, 'src', 'migrate.ts');
    const env = { ...context.ownEnv, MIGRATION_DATABASE_URL: migrateUrl };
    const program = toProgram(context, `${service}-migrate`, entry, env);
    detail(await naming(`The migration of ${service}`, program.logFile, runProgram(program, context.signal)));
  });
}

/** A server that can't be reached, or lets nobody in, is the person's to mend. The URL itself may hold a password. */
function toConnectionFault(adminUrl: string, error: unknown): unknown {
  const isConnectionFault =
    isErrno(error) && /^(E[A-Z_]+|SELF_SIGNED.*|08...|28...|3D...|53...|57P..)$/.test(error.code);
  if (!isConnectionFault) return error;
  const { host, username } = new URL(adminUrl);
  const who = username === '' ? '' : ` as ${decodeURIComponent(username)}`;
  return new StartError(
    `The Postgres at ${host} can't be used${who} (${error.message || error.code}): check that it runs, and --database-url.`,
    { cause: error },
  );
}
