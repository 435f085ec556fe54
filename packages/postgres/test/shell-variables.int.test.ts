import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPool, migrate, runMigrateCommand } from '../src/postgres.ts';
import { makeMigrationsDir, provisionScratch, recordedLog } from './scratch-database.ts';

// What somebody may have set for `psql`. Each of these would break a connection of ours, or change what it does.
const foreign: [name: string, value: string][] = [
  ['PGSSLMODE', 'prefer'],
  ['PGSSLNEGOTIATION', 'direct'],
  ['PGUSER', 'somebody'],
  ['PGPASSWORD', 'something'],
  ['PGHOST', '127.0.0.2'],
  ['PGPORT', '1'],
  ['PGDATABASE', 'nowhere'],
  ['PGOPTIONS', '-c default_transaction_read_only=on'],
  ['PGAPPNAME', 'psql'],
  ['PGCLIENT_ENCODING', 'nonsense'],
  ['PGREPLICATION', 'database'],
  ['PGCONNECT_TIMEOUT', '1'],
];

afterEach(() => vi.unstubAllEnvs());

describe.each(foreign)("a shell's %s=%s", (name, value) => {
  it('changes nothing for a pool, a migration and the roles that are made', async () => {
    vi.stubEnv(name, value);
    const { appUrl, migrateUrl } = await provisionScratch();
    vi.stubEnv(name, value);
    const migrationsDir = await makeMigrationsDir({ '1_books': 'create table books (id int);' });
    await migrate({ migrationsDir, connectionString: migrateUrl, log: recordedLog() });
    vi.stubEnv(name, value);
    const env = { MIGRATION_DATABASE_URL: migrateUrl };
    expect(await runMigrateCommand({ migrationsDir, env, log: recordedLog() })).toBe(0);
    vi.stubEnv(name, value);
    const log = { warn: () => undefined };
    const pool = createPool({ connectionString: appUrl, max: 1, applicationName: 'books', log });
    try {
      const { rows } = await pool.query(
        "insert into books values (1) returning current_setting('application_name') as name",
      );
      expect(rows).toEqual([{ name: 'books' }]);
    } finally {
      await pool.end();
    }
  });
});
