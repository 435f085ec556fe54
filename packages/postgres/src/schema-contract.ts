import type { Client } from 'pg';
import { MigrationError } from './migration-error.ts';
import type { Migration } from './migration-folder.ts';

/**
 * A migration that removes something records in `_schema_contract` the migration that a program must know to work
 * without it (see the README). Throws PROGRAM_TOO_OLD for a program that does not know one of these.
 */
export async function refuseIfTooOld(session: Client, migrations: readonly Migration[]): Promise<void> {
  const { rows: tables } = await session.query("select where to_regclass('_schema_contract') is not null");
  if (tables.length === 0) return;
  const { rows } = await session.query<{ name: string }>(
    'select required_migration as name from _schema_contract where required_migration <> all($1) order by 1',
    [migrations.map(({ name }) => name)],
  );
  if (rows.length === 0) return;
  throw new MigrationError(
    'PROGRAM_TOO_OLD',
    `This version is too old for its database, which has dropped what this version still uses: run a version that includes the migration ${rows.map(({ name }) => name).join(', ')}.`,
  );
}
