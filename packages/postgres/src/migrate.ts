import { setTimeout as delay } from 'node:timers/promises';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import type { Client } from 'pg';
import { concurrentIndexOf, settleIndex } from './concurrent-index.ts';
import { toDivergedError, toEditedError, toFailedError, toHalfDoneError, toLockedError } from './migration-error.ts';
import { isAtomic, readMigrations, toChecksum, toMigrationList } from './migration-folder.ts';
import type { Migration } from './migration-folder.ts';
import { protectRecords, toRecordedScript, waitForScript, withMigrationSession } from './migration-session.ts';
import type { MigrationLog } from './migration-session.ts';
import { readProperty } from './read-property.ts';
import { refuseIfTooOld } from './schema-contract.ts';
import { sendScriptsWhole, withSchemaEngine } from './schema-engine.ts';

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
  /** The last script that Postgres refused, what it said, and whether a table that it needs was in use. */
  refused: { script: string; reason: string; isLockedOut: boolean } | undefined;
  /** How often the script that is run had to step back already. */
  stepsBack: number;
}

const lockAttempts = 90;
const lockPauseMs = 1_000;
/** A table in use is waited for briefly at first, so that nobody notices, and twice as long after so many tries. */
const triesAtOneWait = 10;
const shortestWaitMs = 50;
const longestWaitMs = 3_000;
const noFilters = { externalTables: [], externalEnums: [] };

/**
 * Brings a database up to the service's schema. Safe when several run at once: the others wait and find it done. One
 * that is killed in the middle is finished by the next. Throws `MigrationError`.
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
    const attempt: Pick<Run, 'refused' | 'stepsBack'> = { refused: undefined, stepsBack: 0 };
    const runScript = async (script: string, send: (text: string) => Promise<unknown>): Promise<void> => {
      try {
        await send(isAtomic(script) ? toRecordedScript(script, waitMs(attempt.stepsBack)) : script);
      } catch (error) {
        attempt.refused = { script, reason: toReason(error), isLockedOut: causeOf(error, 'originalCode') === '55P03' };
        throw error;
      }
    };
    return withSchemaEngine({ connectionString, adapt: (adapter) => sendScriptsWhole(adapter, runScript) }, (engine) =>
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
  const edited = await keepUnexpected(run, diagnosis.editedMigrationNames);
  if (edited.length > 0) throw toEditedError(edited);
  const { history } = diagnosis;
  if (history === null) return { outcome: 'up-to-date', applied: [] };
  if (history.diagnostic === 'databaseIsBehind') {
    await applyAll(run);
    return { outcome: 'applied', applied: history.unappliedMigrationNames };
  }
  if (history.diagnostic === 'historiesDiverge') {
    throw toDivergedError(history.unpersistedMigrationNames, history.unappliedMigrationNames);
  }
  await refuseIfTooOld(run.session, run.migrations);
  return { outcome: 'newer', applied: [] };
}

/** Of migrations whose text is not what was applied, those that were applied with none of their earlier texts either. */
async function keepUnexpected({ session, migrations }: Run, edited: readonly string[]): Promise<string[]> {
  if (edited.length === 0) return [];
  const { rows } = await session.query<{ name: string; checksum: string }>(
    `select migration_name as name, checksum from _prisma_migrations
     where migration_name = any ($1) and finished_at is not null and rolled_back_at is null`,
    [edited],
  );
  const earlierOf = (wanted: string) => migrations.find(({ name }) => name === wanted)?.earlierChecksums ?? [];
  return rows.flatMap(({ name, checksum }) => (earlierOf(name).includes(checksum) ? [] : name));
}

async function applyAll(run: Run): Promise<void> {
  const migrationsList = toMigrationList(run.migrationsDir, run.migrations);
  for (let attempt = 1; ; attempt += 1) {
    run.refused = undefined;
    try {
      await run.engine.applyMigrations({ migrationsList, filters: noFilters });
      return;
    } catch (error) {
      // Prisma's own command line tool is at work here; the engine has waited ten seconds for its lock.
      const isEngineLocked = isLockTimeout(error);
      const failure = isEngineLocked ? toLockedError(error) : await toFailure(run, error);
      const words = isEngineLocked
        ? 'Another tool is migrating this database; waiting for it to finish.'
        : lockedOut(run);
      if (words === undefined || attempt === lockAttempts) throw failure;
      run.stepsBack = attempt;
      run.log.info(words);
      await delay(lockPauseMs);
    }
  }
}

function waitMs(stepsBack: number): number {
  return Math.min(longestWaitMs, shortestWaitMs * 2 ** Math.floor(stepsBack / triesAtOneWait));
}

function lockedOut({ refused, migrations }: Run): string | undefined {
  if (refused?.isLockedOut !== true) return undefined;
  const name = migrations.find(({ script }) => script === refused.script)?.name;
  return `The migration ${name} waits for a table that is in use; trying again in a moment.`;
}

/** Nothing is kept of most scripts that Postgres refused, so the next run may simply try again. */
async function toFailure(run: Run, error: unknown): Promise<unknown> {
  const { engine, refused } = run;
  const failed = run.migrations.find(({ script }) => script === refused?.script);
  if (refused === undefined || failed === undefined) return error;
  const { name, script } = failed;
  if (!canTryAgain(script)) {
    return toHalfDoneError(name, `failed: ${refused.reason}. It is not one transaction, so`, error);
  }
  // It was not refused if only the connection broke and Postgres has finished the script since.
  if (await isFinished(run, failed)) return error;
  await engine.markMigrationRolledBack({ migrationName: name });
  return toFailedError(name, refused.reason, error);
}

/** A migration that was begun and never ended, by a process that is gone. */
async function clearInterrupted(run: Run, migration: Migration): Promise<void> {
  const { name, script } = migration;
  const checksums = await readUnfinishedChecksums(run, name);
  const isSameScript = checksums.every((checksum) => checksum === toChecksum(script));
  if (!isSameScript || !canTryAgain(script)) throw toHalfDoneError(name, 'was begun and did not finish, and');
  if (await isFinished(run, migration)) return;
  run.log.warn(`The migration ${name} had been interrupted; nothing of it was kept, so it is tried again.`);
  await run.engine.markMigrationRolledBack({ migrationName: name });
}

const canTryAgain = (script: string): boolean => isAtomic(script) || concurrentIndexOf(script) !== undefined;

/** Whether Postgres has finished a script that can be tried again; nothing is left of one that it has not. */
async function isFinished(run: Run, { name, script }: Migration): Promise<boolean> {
  const index = concurrentIndexOf(script);
  if (index === undefined) {
    await waitForScript(run.session);
    return (await readUnfinishedChecksums(run, name)).length === 0;
  }
  if (!(await settleIndex(run.session, index))) return false;
  await run.session.query(
    'update _prisma_migrations set finished_at = now() where migration_name = $1 and finished_at is null and rolled_back_at is null',
    [name],
  );
  return true;
}

async function readUnfinishedChecksums({ session }: Run, name: string): Promise<string[]> {
  const { rows } = await session.query<{ checksum: string }>(
    'select checksum from _prisma_migrations where migration_name = $1 and finished_at is null and rolled_back_at is null',
    [name],
  );
  return rows.map(({ checksum }) => checksum);
}

const isLockTimeout = (error: unknown): boolean => readProperty(error, 'code') === 'P1002';

/** What Postgres said about a script that it refused; the engine's words are about its own internals. */
function toReason(error: unknown): string {
  const words = causeOf(error, 'originalMessage');
  return typeof words === 'string' ? words : String(error);
}

const causeOf = (error: unknown, key: string): unknown => readProperty(readProperty(error, 'cause'), key);
