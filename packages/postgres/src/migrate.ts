import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import type { Client } from 'pg';
import { MigrationError } from './migration-error.ts';
import { isAtomic, readMigrations, toChecksum, toMigrationList } from './migration-folder.ts';
import type { Migration } from './migration-folder.ts';
import { protectRecords, toRecordedScript, waitForScript, withMigrationSession } from './migration-session.ts';
import type { MigrationLog } from './migration-session.ts';
import { withSchemaEngine } from './schema-engine.ts';

export interface MigrateOptions {
  /** Prisma's migrations folder of the service. */
  migrationsDir: string;
  /** As the role that owns the database. */
  connectionString: string;
  log: MigrationLog;
}

export interface MigrationResult {
  /** `newer`: the database has been migrated by a later version, which this one can still work with. */
  outcome: 'applied' | 'up-to-date' | 'newer';
  /** The names of the migrations that this call applied. */
  applied: string[];
}

interface Run {
  session: Client;
  engine: SchemaEngine;
  migrations: readonly Migration[];
  migrationsDir: string;
  log: MigrationLog;
  /** The last script that Postgres refused, and its words. */
  refused: { script: string; reason: string } | undefined;
}

const lockAttempts = 30;
const noFilters = { externalTables: [], externalEnums: [] };

/**
 * Brings a database up to the service's schema. Safe when several run at once: the others wait and find it done. One
 * that is killed in the middle is finished by the next. Throws {@link MigrationError}.
 */
export async function migrate(options: MigrateOptions): Promise<MigrationResult> {
  return withRun(options, async (run) => {
    const result = await bringUpToDate(run).catch(async (error: unknown) => {
      await protectRecords(run.session).catch(() => undefined);
      throw error;
    });
    await protectRecords(run.session);
    return result;
  });
}

/**
 * Declares that a migration which failed in the middle has been cleaned up by hand: nothing of it is left, and
 * `migrate` may try it again.
 */
export async function clearFailedMigration(options: MigrateOptions & { name: string }): Promise<void> {
  await withRun(options, async ({ engine }) => {
    await engine.markMigrationRolledBack({ migrationName: options.name });
  });
}

async function withRun<T>(options: MigrateOptions, use: (run: Run) => Promise<T>): Promise<T> {
  const { migrationsDir, connectionString, log } = options;
  const migrations = await readMigrations(migrationsDir);
  return withMigrationSession(connectionString, log, async (session) => {
    const attempt: Pick<Run, 'refused'> = { refused: undefined };
    const runScript = async (script: string, send: (text: string) => Promise<unknown>): Promise<void> => {
      try {
        await send(isAtomic(script) ? toRecordedScript(script) : script);
      } catch (error) {
        attempt.refused = { script, reason: toReason(error) };
        throw error;
      }
    };
    return withSchemaEngine({ connectionString, runScript }, (engine) =>
      use(Object.assign(attempt, { session, engine, migrations, migrationsDir, log })),
    );
  });
}

async function bringUpToDate(run: Run): Promise<MigrationResult> {
  const { engine, migrations, migrationsDir } = run;
  const migrationsList = toMigrationList(migrationsDir, migrations);
  const diagnose = () =>
    engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: noFilters });
  let diagnosis = await diagnose();
  const unfinished = migrations.filter(({ name }) => diagnosis.failedMigrationNames.includes(name));
  if (unfinished.length > 0) {
    for (const migration of unfinished) await clearInterrupted(run, migration);
    diagnosis = await diagnose();
  }
  if (diagnosis.editedMigrationNames.length > 0) throw toEditedError(diagnosis.editedMigrationNames);
  const { history } = diagnosis;
  if (history === null) return { outcome: 'up-to-date', applied: [] };
  if (history.diagnostic === 'databaseIsBehind') return { outcome: 'applied', applied: await applyAll(run) };
  if (history.diagnostic === 'historiesDiverge') {
    throw toDivergedError(history.unpersistedMigrationNames, history.unappliedMigrationNames);
  }
  await refuseIfTooOld(run);
  return { outcome: 'newer', applied: [] };
}

async function applyAll(run: Run): Promise<string[]> {
  const migrationsList = toMigrationList(run.migrationsDir, run.migrations);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const done = await run.engine.applyMigrations({ migrationsList, filters: noFilters });
      return done.appliedMigrationNames;
    } catch (error) {
      // Prisma's own command line tool is at work here; the engine has waited ten seconds for its lock.
      if (!isLockTimeout(error)) throw await toFailure(run, error);
      if (attempt === lockAttempts) throw toLockedError(error);
      run.log.info('Another tool is migrating this database; waiting for it to finish.');
    }
  }
}

/** Postgres keeps nothing of an atomic script that it refused: then the next run may simply try again. */
async function toFailure(run: Run, error: unknown): Promise<unknown> {
  const { engine, refused } = run;
  const failed = run.migrations.find(({ script }) => script === refused?.script);
  if (refused === undefined || failed === undefined) return error;
  const { name, script } = failed;
  if (!isAtomic(script)) {
    return new MigrationError(
      'MIGRATION_FAILED',
      `The migration ${name} failed: ${refused.reason}. It is not one transaction, so a part of it may be there: ${howToClear(name)}`,
      { cause: error },
    );
  }
  await waitForScript(run.session);
  // Not so when only the connection broke, and Postgres has finished the script since.
  if ((await readUnfinishedChecksums(run, name)).length === 0) return error;
  await engine.markMigrationRolledBack({ migrationName: name });
  return new MigrationError(
    'MIGRATION_FAILED',
    `The migration ${name} failed: ${refused.reason}. Nothing of it was kept, and the migrations before it are applied: mend its cause, then run migrate again.`,
    { cause: error },
  );
}

/** A migration that was begun and never ended, by a process that is gone. */
async function clearInterrupted(run: Run, { name, script }: Migration): Promise<void> {
  const checksums = await readUnfinishedChecksums(run, name);
  const isSameScript = checksums.every((checksum) => checksum === toChecksum(script));
  if (!isSameScript || !isAtomic(script)) {
    throw new MigrationError(
      'MIGRATION_UNFINISHED',
      `The migration ${name} was begun and did not finish, and a part of it may be there: ${howToClear(name)}`,
    );
  }
  run.log.warn(`The migration ${name} had been interrupted; nothing of it was kept, so it is tried again.`);
  await run.engine.markMigrationRolledBack({ migrationName: name });
}

async function readUnfinishedChecksums({ session }: Run, name: string): Promise<string[]> {
  const { rows } = await session.query<{ checksum: string }>(
    'select checksum from _prisma_migrations where migration_name = $1 and finished_at is null and rolled_back_at is null',
    [name],
  );
  return rows.map(({ checksum }) => checksum);
}

/**
 * A migration that takes something away records the migration that a program must know to do without it; see the
 * README. A program without that one is too old for the database.
 */
async function refuseIfTooOld(run: Run): Promise<void> {
  const { rows: tables } = await run.session.query("select where to_regclass('_schema_contract') is not null");
  if (tables.length === 0) return;
  const { rows } = await run.session.query<{ name: string }>(
    'select required_migration as name from _schema_contract where required_migration <> all($1) order by 1',
    [run.migrations.map(({ name }) => name)],
  );
  if (rows[0] === undefined) return;
  throw new MigrationError(
    'PROGRAM_TOO_OLD',
    `This version is too old for its database, which has dropped what this version still uses: run a version that includes the migration ${rows.map(({ name }) => name).join(', ')}.`,
  );
}

function howToClear(name: string): string {
  return `look, remove it, then run migrate with --clear-failed ${name} and once more without.`;
}

function toEditedError(names: readonly string[]): MigrationError {
  return new MigrationError(
    'MIGRATION_EDITED',
    `The migration ${names.join(', ')} was edited after it had been applied here: put its file back as it was, and change the schema by a new migration.`,
  );
}

function toDivergedError(unknown: readonly string[], missing: readonly string[]): MigrationError {
  return new MigrationError(
    'HISTORIES_DIVERGE',
    `The database has migrations that this version does not know (${unknown.join(', ')}), and lacks some that it needs (${missing.join(', ')}): run a version that includes both.`,
  );
}

const isLockTimeout = (error: unknown): boolean => error instanceof Error && Reflect.get(error, 'code') === 'P1002';

function toLockedError(cause: unknown): MigrationError {
  return new MigrationError(
    'LOCKED',
    'Another tool holds the migration lock of this database (pg_advisory_lock 72707369) and does not let go: end it, then run migrate again.',
    { cause },
  );
}

function toReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const original = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'originalMessage') : undefined;
  return typeof original === 'string' ? original : String(error);
}
