import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { connectClient } from './connect-client.ts';
import { MigrationError } from './migration-error.ts';
import { faultOfServer, serverVersion } from './required-version.ts';

/** Where `migrate` reports its progress; pino's loggers and `console` fit. */
export interface MigrationLog {
  info(message: string): void;
  warn(message: string): void;
}

// Locks in the database that is migrated; any numbers will do as long as every version takes the same.
const wholeRunLock = 720_727_002;
const scriptLock = 720_727_003;

const askAgainAfterMs = 200;
/** For vacuum, which holds nobody up meanwhile, and ends when it has been waited for for a second. */
const vacuumWaitMs = 3_000;

/**
 * Connects to the database that is to be migrated and waits until nobody else migrates it. The lock ends with the
 * session, however that ends.
 */
export async function withMigrationSession<T>(
  connectionString: string,
  log: MigrationLog,
  use: (session: Client) => Promise<T>,
): Promise<T> {
  const session = await connectClient(connectionString, 'tasktracker-migrate', (sentence, cause) => {
    return new MigrationError('UNREACHABLE', sentence, { cause });
  });
  try {
    await refuseOldServer(session);
    await waitForTurn(session, log);
    await waitForScript(session);
    return await use(session);
  } finally {
    await session.end();
  }
}

/** A script can outlive the process or the connection that sent it: Postgres notices only when it answers. */
export async function waitForScript(session: Client): Promise<void> {
  await session.query('select pg_advisory_xact_lock($1)', [scriptLock]);
}

async function refuseOldServer(session: Client): Promise<void> {
  const { rows } = await session.query<{ version: string }>(`select ${serverVersion} as version`);
  const fault = faultOfServer(rows[0]?.version ?? 'of an unknown version');
  if (fault !== undefined) throw new MigrationError('SERVER_TOO_OLD', fault);
}

/** By asking again: an index that the other builds CONCURRENTLY would wait for a statement that waits here, for ever. */
async function waitForTurn(session: Client, log: MigrationLog): Promise<void> {
  if (await tryLock(session)) return;
  log.info('Somebody else is migrating this database; waiting for them to finish.');
  do await delay(askAgainAfterMs);
  while (!(await tryLock(session)));
}

async function tryLock(session: Client): Promise<boolean> {
  const { rows } = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    wholeRunLock,
  ]);
  return rows[0]?.locked === true;
}

/**
 * The script with its own bookkeeping in the same transaction: a run killed in the middle leaves either a migration that is
 * applied and recorded, or nothing of it. It fails when a table that it changes stays in use for so long, because
 * everybody else waits behind it. Vacuum is kept away first, which would give way only after a second.
 */
export function toRecordedScript(script: string, waitMs: number): string {
  return `select pg_advisory_xact_lock(${scriptLock});
select set_config('lock_timeout', '${vacuumWaitMs}', true);
do $$
declare own regclass;
begin
  for own in
    select oid from pg_class
     where relkind = 'r' and relowner = current_user::regrole and relnamespace = current_schema()::regnamespace
     order by oid
  loop
    execute format('lock table %s in share update exclusive mode', own);
  end loop;
end $$;
select set_config('lock_timeout', '${waitMs}', true);
${script}
;
update _prisma_migrations set finished_at = now() where finished_at is null and rolled_back_at is null;`;
}

/** What anybody but the owner may do to the tables that record migrations, besides reading them: readiness does that. */
export const rightsOnRecords = `
  from pg_class entry, aclexplode(entry.relacl) acl
 where entry.oid in (to_regclass('_prisma_migrations'), to_regclass('_schema_contract'))
   and acl.grantee <> entry.relowner and acl.privilege_type <> 'SELECT'`;

/** Leaves everybody but the owner only SELECT on the tables that record migrations. */
export async function protectRecords(session: Client): Promise<void> {
  await session.query(`
    do $$
    declare given record;
    begin
      for given in
        select entry.oid::regclass as relation, acl.privilege_type as privilege,
               case acl.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(acl.grantee)) end as grantee
        ${rightsOnRecords}
      loop
        execute format('revoke %s on %s from %s', given.privilege, given.relation, given.grantee);
      end loop;
    end $$`);
}
