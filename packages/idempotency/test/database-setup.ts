import { readFileSync } from 'node:fs';
import { createDatabaseSetup } from '@tasktracker/embedded-postgres/testing';
import { provisionDatabase } from '@tasktracker/postgres';
import { Client } from 'pg';

const keysTable = readFileSync(new URL('../idempotency-keys.sql', import.meta.url), 'utf8');

/** A service's database: its notes, and the table that every service with keys has. */
export const setup = createDatabaseSetup(async (adminUrl) => {
  const database = await provisionDatabase({ adminUrl, service: 'notes', passwords: { migrate: 'm', app: 'a' } });
  const client = new Client({ connectionString: database.migrateUrl });
  await client.connect();
  await client.query(keysTable);
  await client.query(`CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner_id bigint NOT NULL, text text NOT NULL
  )`);
  await client.end();
  return database;
});
