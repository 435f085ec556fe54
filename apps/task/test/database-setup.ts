import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDatabaseSetup } from '@tasktracker/embedded-postgres/testing';
import { provisionDatabase } from '@tasktracker/postgres';

const migrateEntry = fileURLToPath(new URL('../src/migrate.ts', import.meta.url));

/** The template is made as in production: by the service's own `migrate`. */
export const setup = createDatabaseSetup(async (adminUrl) => {
  const database = await provisionDatabase({ adminUrl, service: 'task', passwords: { migrate: 'm', app: 'a' } });
  await promisify(execFile)(process.execPath, [migrateEntry], {
    env: { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], MIGRATION_DATABASE_URL: database.migrateUrl },
  });
  return database;
});
