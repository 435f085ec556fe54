import { parseArgs } from 'node:util';
import { readTlsSettings, withTls } from './connection-options.ts';
import { clearFailedMigration, migrate } from './migrate.ts';
import type { MigrationResult } from './migrate.ts';
import type { MigrationLog } from './migration-session.ts';
import { provisionFromEnvironment } from './provision-from-environment.ts';

export interface MigrateCommandOptions {
  migrationsDir: string;
  /** MIGRATION_DATABASE_URL names the database; DATABASE_TLS and DATABASE_CA_FILE say how it is reached. */
  env: Readonly<Record<string, string | undefined>>;
  /**
   * `--provision SERVICE` makes the service's database and roles, `--clear-failed NAME` declares a failed migration
   * cleaned up; nothing: migrate.
   */
  args?: readonly string[];
  log?: MigrationLog;
}

/**
 * The `migrate` entry of a service. Says what it did in one line and resolves to the exit code: 0 when the service of
 * this version can work with the database, else 1.
 */
export async function runMigrateCommand(options: MigrateCommandOptions): Promise<0 | 1> {
  const { migrationsDir, env, args = [], log = terminalLog } = options;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'clear-failed': { type: 'string' }, provision: { type: 'string' } },
    });
    if (values.provision !== undefined) {
      log.info(await provisionFromEnvironment({ service: values.provision, env, log }));
      return 0;
    }
    const url = env['MIGRATION_DATABASE_URL'];
    if (url === undefined || !URL.canParse(url)) {
      log.warn('MIGRATION_DATABASE_URL must be the URL of the database, as the role that owns it.');
      return 1;
    }
    const connectionString = withTls(url, readTlsSettings(env));
    const name = values['clear-failed'];
    if (name === undefined) {
      log.info(toSentence(await migrate({ migrationsDir, connectionString, log })));
    } else {
      await clearFailedMigration({ migrationsDir, connectionString, log, name });
      log.info(`The migration ${name} counts as not applied; run migrate again.`);
    }
    return 0;
  } catch (error) {
    log.warn(error instanceof Error ? firstLine(error) : String(error));
    return 1;
  }
}

function toSentence({ outcome, applied }: MigrationResult): string {
  if (outcome === 'up-to-date') return 'The database is up to date.';
  if (outcome === 'newer') return 'The database is newer than this version, which can work with it; nothing to do.';
  // A new database has them all, and their names say nothing to whoever made it.
  const names = applied.length > 3 ? `, up to ${applied.at(-1)}` : `: ${applied.join(', ')}`;
  return `Applied ${applied.length} migration${applied.length === 1 ? '' : 's'}${names}.`;
}

// Prisma's engine appends the place in its own source, which helps nobody here.
function firstLine(error: Error): string {
  return error.message.split('\n   0: ')[0] ?? error.message;
}

const terminalLog: MigrationLog = {
  info: (message) => void process.stdout.write(`${message}\n`),
  warn: (message) => void process.stderr.write(`${message}\n`),
};
