import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { clearFailedMigration, isUpToDate, migrate, runMigrateCommand } from '../src/postgres.ts';
import { migrateCommand, startMigrateProcess } from './migrate-runs.ts';
import { addMigration, makeMigrationsDir, provisionScratch, recordedLog, refusal, runSql } from './scratch-database.ts';

const createBooks = 'create table books (id bigint primary key, title text not null);';
describe('migrate', () => {
  it('applies what is missing, in order, and does nothing when run again', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({
      '20260102000000_stock': 'alter table books add column stock int not null default 0;',
      '20260101000000_books': createBooks,
    });
    const log = recordedLog();
    const options = { migrationsDir, connectionString: database.migrateUrl, log };
    expect(await migrate(options)).toEqual({
      outcome: 'applied',
      applied: ['20260101000000_books', '20260102000000_stock'],
    });
    expect(await migrate(options)).toEqual({ outcome: 'up-to-date', applied: [] });
    expect(await runSql(database.appUrl, 'select id, title, stock from books')).toEqual([]);
  });

  it('runs functions with semicolons inside, and pg_trgm, which the owner may install', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({
      '1_functions': `create extension pg_trgm;
        create function answer() returns int language plpgsql as $$ declare a int; begin a := 42; return a; end; $$; -- the end`,
    });
    expect((await migrateCommand(migrationsDir, database)).exitCode).toBe(0);
    expect(await runSql(database.appUrl, "select answer(), similarity('abc', 'abc') as same")).toEqual([
      { answer: 42, same: 1 },
    ]);
  });

  it('keeps nothing of a migration that fails halfway, says what to do, and goes on once it is fixed', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({
      '1_books': createBooks,
      '2_broken': 'create table half (id int); insert into missing values (1);',
    });
    const failure = await migrateCommand(migrationsDir, database);
    expect(failure.exitCode).toBe(1);
    expect(failure.said).toBe(
      'The migration 2_broken failed: relation "missing" does not exist. Nothing of it was kept, and the migrations before it are applied: fix the cause, then run migrate again.',
    );
    expect(await refusal(database.migrateUrl, 'select from half')).toBe('42P01');
    expect(await refusal(database.migrateUrl, 'select from books')).toBe('none');
    await writeFile(join(migrationsDir, '2_broken', 'migration.sql'), 'create table half (id int);');
    expect(await migrateCommand(migrationsDir, database)).toEqual({
      exitCode: 0,
      said: 'Applied 1 migration: 2_broken.',
    });
  });

  it('asks a person to look when a failed migration is not one transaction, and goes on when told to', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({
      '1_split': 'create table half (id int); commit; select from missing;',
    });
    const failure = await migrateCommand(migrationsDir, database);
    expect(failure.said).toContain('a part of it may be there');
    const again = await migrateCommand(migrationsDir, database);
    expect(again.exitCode).toBe(1);
    expect(again.said).toContain('run migrate with --clear-failed 1_split, and once more without');
    await runSql(database.migrateUrl, 'drop table half');
    await writeFile(join(migrationsDir, '1_split', 'migration.sql'), 'create table whole (id int);');
    expect((await migrateCommand(migrationsDir, database, ['--clear-failed', '1_split'])).exitCode).toBe(0);
    expect((await migrateCommand(migrationsDir, database)).exitCode).toBe(0);
  });

  it('builds an index concurrently when that is all a migration does', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({
      '1_books': createBooks,
      '2_index': 'create index concurrently books_title on books (title);',
    });
    expect(await migrateCommand(migrationsDir, database)).toMatchObject({ exitCode: 0 });
    expect(await migrateCommand(migrationsDir, database)).toMatchObject({ said: 'The database is up to date.' });
  });

  it('lets several processes run at once: all end well and each migration is applied once', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({
      '1_slow': `select pg_sleep(0.5); ${createBooks}`,
      '2_more': 'create table more (id int);',
      // Waits for every statement that began before it, those of the others included.
      '3_index': 'create index concurrently books_title on books (title);',
    });
    const exitCodes = await Promise.all(
      [1, 2, 3].map(async () => (await once(startMigrateProcess(migrationsDir, database), 'exit'))[0]),
    );
    expect(exitCodes).toEqual([0, 0, 0]);
    expect(await runSql(database.appUrl, 'select migration_name from _prisma_migrations order by 1')).toHaveLength(3);
  });

  it('holds up nobody who reads a table while it waits for somebody who reads it for long', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': createBooks });
    const log = recordedLog();
    const options = { migrationsDir, connectionString: database.migrateUrl, log };
    await migrate(options);
    const readsForLong = new Client({ connectionString: database.appUrl });
    await readsForLong.connect();
    await readsForLong.query('begin; select from books');
    await addMigration(migrationsDir, '2_more', 'create table more (id int);');
    await addMigration(migrationsDir, '3_stock', 'alter table books add column stock int;');
    const migrating = migrate(options);
    await vi.waitUntil(() => log.lines.some((line) => line.includes('3_stock')), { timeout: 20_000 });
    expect(await refusal(database.appUrl, 'select from books')).toBe('none');
    await readsForLong.end();
    expect(await migrating).toEqual({ outcome: 'applied', applied: ['2_more', '3_stock'] });
    expect(new Set(log.lines)).toEqual(
      new Set(['The migration 3_stock waits for a table that is in use; trying again in a moment.']),
    );
  });

  it('holds up nobody while it waits for vacuum', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': createBooks });
    const options = { migrationsDir, connectionString: database.migrateUrl, log: recordedLog() };
    await migrate(options);
    const vacuum = new Client({ connectionString: database.migrateUrl });
    await vacuum.connect();
    await vacuum.query('begin; lock table books in share update exclusive mode');
    await addMigration(migrationsDir, '2_stock', 'alter table books add column stock int;');
    const migrating = migrate(options);
    const waiting = "select from pg_locks where not granted and relation = 'books'::regclass";
    await expect.poll(() => runSql(database.migrateUrl, waiting), { timeout: 20_000 }).toHaveLength(1);
    expect(await refusal(database.appUrl, "set lock_timeout = '1ms'; delete from books")).toBe('none');
    await vacuum.end();
    expect(await migrating).toMatchObject({ outcome: 'applied' });
  });

  it('ends as soon as it is done', async () => {
    const database = await provisionScratch();
    const migrating = startMigrateProcess(await makeMigrationsDir({ '1_books': createBooks }), database);
    const exited = once(migrating, 'exit');
    await vi.waitUntil(
      () =>
        runSql(database.migrateUrl, 'select from books').then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    );
    const applied = performance.now();
    await exited;
    expect(performance.now() - applied).toBeLessThan(5_000);
  });

  it('finishes what a killed process began, even while Postgres still works on its script', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_slow': `select pg_sleep(1); ${createBooks}` });
    const killed = startMigrateProcess(migrationsDir, database);
    await vi.waitUntil(
      async () =>
        (
          await runSql(
            database.migrateUrl,
            "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
          )
        ).length > 0,
      { timeout: 10_000 },
    );
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    // Until Postgres has noticed that the process is gone, its turn is not over, which the next run would say.
    const others = 'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
    await vi.waitUntil(async () => (await runSql(database.migrateUrl, others)).length <= 1, { timeout: 10_000 });
    // The script goes on without its sender and commits; the next run waits for it and sees that it is recorded.
    expect(await migrateCommand(migrationsDir, database)).toEqual({ exitCode: 0, said: 'The database is up to date.' });
    await runSql(database.appUrl, "insert into books values (1, 'kept')");
  });

  it('tries a migration again that was cut off in the middle', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({
      '1_slow': `${createBooks} select pg_sleep(60) where current_setting('application_name') = 'slow';`,
    });
    const url = new URL(database.migrateUrl);
    url.searchParams.set('application_name', 'slow');
    const log = recordedLog();
    const cutOff = migrate({ migrationsDir, connectionString: url.href, log }).catch((error: unknown) => error);
    await vi.waitUntil(
      async () =>
        (
          await runSql(
            database.migrateUrl,
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'slow' and wait_event = 'PgSleep'",
          )
        ).length > 0,
      { timeout: 10_000 },
    );
    expect(await cutOff).toBeInstanceOf(Error);
    expect(await migrateCommand(migrationsDir, database)).toMatchObject({ exitCode: 0 });
    await runSql(database.appUrl, "insert into books values (1, 'kept')");
  });

  it('leaves a newer database as it is, says so and exits 0', async () => {
    const database = await provisionScratch();
    await migrateCommand(
      await makeMigrationsDir({ '1_books': createBooks, '2_more': 'create table more (id int);' }),
      database,
    );
    const older = await makeMigrationsDir({ '1_books': createBooks });
    expect(await migrateCommand(older, database)).toEqual({
      exitCode: 0,
      said: 'The database is newer than this version, which can work with it; nothing to do.',
    });
  });

  it('refuses when a contract step recorded that this version is too old, but not a version that the step allows', async () => {
    const database = await provisionScratch();
    const newest = {
      '1_books': createBooks,
      '2_name': 'alter table books add column name text;',
      '3_drop_title': `alter table books drop column title;
        create table if not exists _schema_contract (required_migration text primary key);
        insert into _schema_contract values ('2_name');`,
    };
    await migrateCommand(await makeMigrationsDir(newest), database);
    const { '1_books': one, '2_name': two } = newest;
    const tooOld = await migrateCommand(await makeMigrationsDir({ '1_books': one }), database);
    expect(tooOld).toEqual({
      exitCode: 1,
      said: 'This version is too old for its database, which has dropped what this version still uses: run a version that includes the migration 2_name.',
    });
    expect(await migrateCommand(await makeMigrationsDir({ '1_books': one, '2_name': two }), database)).toMatchObject({
      exitCode: 0,
    });
    expect(await refusal(database.appUrl, 'delete from _schema_contract')).toBe('42501');
  });

  it('refuses a migration that was edited after it had been applied', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': createBooks });
    await migrateCommand(migrationsDir, database);
    await writeFile(join(migrationsDir, '1_books', 'migration.sql'), `${createBooks} select 1;`);
    expect(await migrateCommand(migrationsDir, database)).toEqual({
      exitCode: 1,
      said: 'The migration 1_books was edited after it had been applied here: put its file back as it was, and change the schema by a new migration.',
    });
  });

  it('takes an earlier text of a migration for the same, if that is noted beside it', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': createBooks });
    await migrateCommand(migrationsDir, database);
    await writeFile(join(migrationsDir, '1_books', 'migration.sql'), `${createBooks} select 1;`);
    const checksum = createHash('sha256').update(createBooks).digest('hex');
    await writeFile(join(migrationsDir, '1_books', 'earlier-checksums'), `${checksum}\n`);
    await addMigration(migrationsDir, '2_more', 'create table more (id int);');
    expect(await migrateCommand(migrationsDir, database)).toMatchObject({ exitCode: 0 });
    expect(await refusal(database.appUrl, 'select from more')).toBe('none');
  });

  it('refuses a history that has diverged', async () => {
    const database = await provisionScratch();
    await migrateCommand(await makeMigrationsDir({ '1_books': createBooks, '2_left': 'select 1;' }), database);
    const { exitCode, said } = await migrateCommand(
      await makeMigrationsDir({ '1_books': createBooks, '3_right': 'select 1;' }),
      database,
    );
    expect(exitCode).toBe(1);
    expect(said).toContain('does not know (2_left), and lacks some that it needs (3_right)');
  });

  it('says which database it cannot reach, and which variable is missing', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({});
    const unreachable = { ...database, migrateUrl: 'postgres://owner:secret@127.0.0.1:1/nowhere' };
    const { exitCode, said } = await migrateCommand(migrationsDir, unreachable);
    expect(exitCode).toBe(1);
    expect(said).toContain("The database nowhere at 127.0.0.1:1 can't be reached: ");
    expect(said).not.toContain('secret');
    const log = recordedLog();
    expect(await runMigrateCommand({ migrationsDir, env: {}, log })).toBe(1);
    expect(log.lines[0]).toContain('MIGRATION_DATABASE_URL must be');
  });

  it('lets the service read the record of migrations, but not write it', async () => {
    const database = await provisionScratch();
    await migrateCommand(await makeMigrationsDir({ '1_books': createBooks }), database);
    expect(await refusal(database.appUrl, 'select from _prisma_migrations')).toBe('none');
    expect(await refusal(database.appUrl, 'delete from _prisma_migrations')).toBe('42501');
    expect(await refusal(database.appUrl, "update _prisma_migrations set logs = ''")).toBe('42501');
  });

  it('refuses to clear a migration that has not failed', async () => {
    const database = await provisionScratch();
    const migrationsDir = await makeMigrationsDir({ '1_books': createBooks });
    await migrateCommand(migrationsDir, database);
    const log = recordedLog();
    const options = { migrationsDir, connectionString: database.migrateUrl, log, name: '1_books' };
    await expect(clearFailedMigration(options)).rejects.toThrow('1_books');
  });
});

it('refuses an older server before it changes anything', async () => {
  const database = await provisionScratch();
  const old = `create schema old; create function old.current_setting(text) returns text return '17.6'`;
  await runSql(database.migrateUrl, old);
  const url = new URL(database.migrateUrl);
  url.searchParams.set('options', '-c search_path=old,pg_catalog,public');
  const migrationsDir = await makeMigrationsDir({ '1_books': createBooks });
  const { exitCode, said } = await migrateCommand(migrationsDir, { ...database, migrateUrl: url.href });
  expect([exitCode, said]).toEqual([
    1,
    'TaskTracker needs Postgres 18 or newer, but this server is 17.6. Nothing was changed there.',
  ]);
  expect(await refusal(database.migrateUrl, 'select from _prisma_migrations')).toBe('42P01');
});

describe('a database is up to date', () => {
  const names = ['1_books', '2_stock'];
  const scripts = [createBooks, 'alter table books add column stock int;'];

  it.each([
    ['once all is applied', async () => undefined, true],
    [
      'not with a migration that is still to come',
      async ({ migrationsDir }) => addMigration(migrationsDir, '3_shelf', 'create table shelf (id int);'),
      false,
    ],
    [
      'not with one whose text was edited',
      async ({ migrationsDir }) => writeFile(join(migrationsDir, '2_stock', 'migration.sql'), 'select 1;'),
      false,
    ],
    [
      'not with one that was begun',
      async ({ url }) =>
        runSql(url, "update _prisma_migrations set finished_at = null where migration_name = '2_stock'"),
      false,
    ],
    [
      'not with one that only a later version knows',
      async ({ url }) =>
        runSql(
          url,
          "insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '9_later', now())",
        ),
      false,
    ],
    [
      'not while others may write its records',
      async ({ url }) => runSql(url, 'grant update on _prisma_migrations to public'),
      false,
    ],
    ['not if it has no records', async ({ url }) => runSql(url, 'drop table _prisma_migrations'), false],
  ] satisfies [string, (place: { migrationsDir: string; url: string }) => Promise<unknown>, boolean][])(
    '%s',
    async (_name, change, expected) => {
      const database = await provisionScratch();
      const migrationsDir = await makeMigrationsDir(
        Object.fromEntries(names.map((name, n) => [name, scripts[n] ?? ''])),
      );
      const options = { migrationsDir, connectionString: database.migrateUrl };
      expect(await isUpToDate(options)).toBe(false);
      await migrate({ ...options, log: recordedLog() });
      await change({ migrationsDir, url: database.migrateUrl });
      expect(await isUpToDate(options)).toBe(expected);
    },
  );

  it('not if it can’t be reached', async () => {
    const connectionString = 'postgresql://nobody:x@127.0.0.1:1/none';
    expect(await isUpToDate({ migrationsDir: await makeMigrationsDir({}), connectionString })).toBe(false);
  });
});
