import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import type { ProvisionedDatabase } from '../src/postgres.ts';
import { migrateCommand, startMigrateProcess } from './migrate-runs.ts';
import { addMigration, makeMigrationsDir, provisionScratch, runSql } from './scratch-database.ts';

const createBooks = 'create table books (id bigint primary key, title text not null);';

/** A build that goes on until this other session, which began before it, lets it end. */
async function beginBuild(database: ProvisionedDatabase, migrationsDir: string) {
  const older = new Client({ connectionString: database.appUrl });
  await older.connect();
  await older.query('begin isolation level repeatable read; select from books');
  const builder = startMigrateProcess(migrationsDir, database);
  const builds = "select from pg_stat_progress_create_index where index_relid = to_regclass('books_title')";
  const isWaiting = `${builds} and phase = 'waiting for old snapshots'`;
  await vi.waitUntil(async () => (await runSql(database.migrateUrl, isWaiting)).length > 0, { timeout: 20_000 });
  return { older, builder };
}

describe('an index that is built concurrently', () => {
  const buildIndex = 'create index concurrently books_title on books (title);';
  const isValid = "select indisvalid from pg_index where indexrelid = 'books_title'::regclass";

  async function prepare() {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': createBooks });
    await migrateCommand(migrationsDir, database);
    await addMigration(migrationsDir, '2_index', `-- Beside writers.\n${buildIndex}`);
    return { database, migrationsDir };
  }

  it('is finished by Postgres though the process is killed, and counts as applied then', async () => {
    const { database, migrationsDir } = await prepare();
    const { older, builder } = await beginBuild(database, migrationsDir);
    builder.kill('SIGKILL');
    await once(builder, 'exit');
    const again = migrateCommand(migrationsDir, database);
    await older.end();
    expect(await again).toMatchObject({ exitCode: 0, said: expect.stringMatching(/The database is up to date\.$/) });
    expect(await runSql(database.migrateUrl, isValid)).toEqual([{ indisvalid: true }]);
  });

  it('is built anew after Postgres gave it up', async () => {
    const { database, migrationsDir } = await prepare();
    const { older, builder } = await beginBuild(database, migrationsDir);
    builder.kill('SIGKILL');
    await once(builder, 'exit');
    await runSql(
      database.migrateUrl,
      'select pg_terminate_backend(pid) from pg_stat_progress_create_index where datname = current_database()',
    );
    await older.end();
    expect(await migrateCommand(migrationsDir, database)).toMatchObject({
      exitCode: 0,
      said: expect.stringMatching(/Applied 1 migration: 2_index\.$/),
    });
    expect(await runSql(database.migrateUrl, isValid)).toEqual([{ indisvalid: true }]);
  });

  it('leaves nothing behind when Postgres refuses it', async () => {
    const { database, migrationsDir } = await prepare();
    await runSql(database.appUrl, "insert into books values (1, 'same'), (2, 'same')");
    await writeFile(
      join(migrationsDir, '2_index/migration.sql'),
      'create unique index concurrently books_title on books (title);',
    );
    const { exitCode, said } = await migrateCommand(migrationsDir, database);
    expect([exitCode, said]).toEqual([
      1,
      'The migration 2_index failed: could not create unique index "books_title". Nothing of it was kept, and the migrations before it are applied: fix the cause, then run migrate again.',
    ]);
    expect(await runSql(database.migrateUrl, "select to_regclass('books_title') as index")).toEqual([{ index: null }]);
    await runSql(database.appUrl, 'delete from books where id = 2');
    expect(await migrateCommand(migrationsDir, database)).toMatchObject({ exitCode: 0 });
  });
});
