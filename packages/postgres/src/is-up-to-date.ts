import { connectClient } from './connect-client.ts';
import type { MigrateOptions } from './migrate.ts';
import { rightsOnRecords } from './migration-session.ts';
import { readMigrations, toChecksum } from './migration-folder.ts';

interface Recorded {
  readonly name: string;
  readonly checksum: string;
  /** Applied, and the records are for others to read alone. */
  readonly isFinished: boolean;
}

/**
 * Whether just these migrations are applied, as their texts are now: by one question and without the engine, a second of
 * CPU less. False for any doubt (an edited text, one that was begun, a newer one, a database that can't be asked), since
 * `migrate` has the words for it.
 */
export async function isUpToDate({
  migrationsDir,
  connectionString,
}: Pick<MigrateOptions, 'migrationsDir' | 'connectionString'>): Promise<boolean> {
  try {
    const [migrations, recorded] = await Promise.all([readMigrations(migrationsDir), readRecorded(connectionString)]);
    const byName = new Map(recorded.map((record) => [record.name, record]));
    return (
      recorded.length === migrations.length &&
      migrations.every(({ name, script, earlierChecksums }) => {
        const record = byName.get(name);
        return record?.isFinished === true && [toChecksum(script), ...earlierChecksums].includes(record.checksum);
      })
    );
  } catch {
    return false;
  }
}

async function readRecorded(connectionString: string): Promise<Recorded[]> {
  const client = await connectClient(connectionString, 'migrate', (sentence, cause) => new Error(sentence, { cause }));
  try {
    const { rows } = await client.query<Recorded>(
      `select migration_name as name, checksum, finished_at is not null and not exists (select ${rightsOnRecords}) as "isFinished"
         from _prisma_migrations where rolled_back_at is null`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
