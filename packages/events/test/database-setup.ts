import { readFileSync } from 'node:fs';
import { createDatabaseSetup } from '@tasktracker/embedded-postgres/testing';
import { provisionDatabase } from '@tasktracker/postgres';
import { Client } from 'pg';

const tables = ['outbox-events.sql', 'inbox.sql'].map((file) =>
  readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'),
);

/** A service's database: its notes and their log; and of one that hears of notes, what it does and its inbox. */
export const setup = createDatabaseSetup(async (adminUrl) => {
  const database = await provisionDatabase({ adminUrl, service: 'notes', passwords: { migrate: 'm', app: 'a' } });
  const client = new Client({ connectionString: database.migrateUrl });
  await client.connect();
  await client.query(tables.join('\n'));
  await client.query(`
    CREATE TABLE notes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner_id bigint NOT NULL, text text NOT NULL
    );
    CREATE TABLE heard (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject text NOT NULL, text text NOT NULL);
    CREATE FUNCTION log_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO outbox_events (horizon, id, type, subject, time, account_id, data) VALUES (
        event_horizon(), uuidv7(), 'note.written.v1', 'notes/' || NEW.id, clock_timestamp(), NEW.owner_id, to_json(NEW)
      );
      RETURN NULL;
    END
    $$;
    CREATE TRIGGER notes_log AFTER INSERT OR UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION log_note();
  `);
  await client.end();
  return database;
});
