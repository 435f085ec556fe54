import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';

export interface Migration {
  name: string;
  script: string;
  /** Of other texts that it had, which count as this one: `earlier-checksums` beside it, one a line. */
  earlierChecksums: readonly string[];
}

/** The names of the migrations in a folder, `<name>/migration.sql` each, in the order in which they apply. */
export async function readMigrationNames(migrationsDir: string): Promise<string[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

export async function readMigrations(migrationsDir: string): Promise<Migration[]> {
  const names = await readMigrationNames(migrationsDir);
  return Promise.all(
    names.map(async (name) => ({
      name,
      script: await readFile(join(migrationsDir, name, 'migration.sql'), 'utf8'),
      earlierChecksums: await readLines(join(migrationsDir, name, 'earlier-checksums')),
    })),
  );
}

/** None where there is no file. */
async function readLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}

/** The form in which Prisma's engine takes them. */
export function toMigrationList(migrationsDir: string, migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: migrationsDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
    })),
  };
}

/** As Prisma stores it in `_prisma_migrations`. */
export function toChecksum(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}

/**
 * Whether Postgres runs the script as one transaction, so that it is kept whole or not at all. One that ends
 * transactions itself, or builds an index CONCURRENTLY (which must then be its only statement), is not.
 */
export function isAtomic(script: string): boolean {
  return !/\b(?:commit|rollback|concurrently)\b/i.test(script);
}
