import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runMigrateCommand } from '../src/postgres.ts';
import type { ProvisionedDatabase } from '../src/postgres.ts';
import { recordedLog } from './scratch-database.ts';

const program = join(import.meta.dirname, 'migrate-command.ts');

/** Runs `migrate` in this process: its exit code and what it said. */
export function migrateCommand(migrationsDir: string, database: ProvisionedDatabase, args: string[] = []) {
  const log = recordedLog();
  const env = { MIGRATION_DATABASE_URL: database.migrateUrl };
  return runMigrateCommand({ migrationsDir, env, args, log }).then((exitCode) => ({
    exitCode,
    said: log.lines.join('\n'),
  }));
}

/** Runs it as a process of its own, as a Job does. */
export function startMigrateProcess(migrationsDir: string, database: ProvisionedDatabase) {
  const env = { ...process.env, MIGRATION_DATABASE_URL: database.migrateUrl };
  return spawn(process.execPath, [program, migrationsDir], { env, stdio: 'inherit' });
}
