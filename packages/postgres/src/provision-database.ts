import { DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import type { Client } from 'pg';
import { connectClient } from './connect-client.ts';
import { ProvisionError } from './provision-error.ts';
import { toScramVerifier } from './scram-verifier.ts';

export interface ProvisionOptions {
  /** A role that may create databases and roles; a superuser is not needed. */
  adminUrl: string;
  /** The short name of the service, such as `task`. */
  service: string;
  /** Of ASCII characters; they are set anew each time. */
  passwords: { migrate: string; app: string };
  /** True when this server belongs to TaskTracker alone: strangers lose access to `postgres` and `template1` as well. */
  exclusiveServer?: boolean;
}

export interface ProvisionedDatabase {
  databaseName: string;
  /** As `<service>_app`: reads and writes rows, no more. */
  appUrl: string;
  /** As `<service>_migrate`: owns the database. */
  migrateUrl: string;
}

interface AdminFacts {
  role: string;
  isSuperuser: boolean;
  mayCreateRoles: boolean;
  mayCreateDatabases: boolean;
}

// Any number will do as long as everybody who provisions takes the same.
const provisionLock = 720_727_001;

/**
 * Makes the database `tasktracker_<service>` with its two roles, which can connect to no other of these databases,
 * unless they are there; run again it mends rights and passwords. Throws {@link ProvisionError}.
 */
export async function provisionDatabase(options: ProvisionOptions): Promise<ProvisionedDatabase> {
  const { adminUrl, service, passwords } = options;
  const databaseName = `tasktracker_${service}`;
  const migrateRole = `${service}_migrate`;
  const appRole = `${service}_app`;
  const migrateUrl = toUrl(adminUrl, databaseName, migrateRole, passwords.migrate);
  await withClient(adminUrl, async (client) => {
    // Two who provision at once would trip over each other's catalogue rows.
    await client.query('select pg_advisory_lock($1)', [provisionLock]);
    const admin = await readAdminFacts(client);
    await ensureRole(client, admin, migrateRole, passwords.migrate);
    await ensureRole(client, admin, appRole, passwords.app);
    await ensureDatabase(client, admin, databaseName, migrateRole);
    if (options.exclusiveServer === true) await closeSharedDatabases(client);
    await withClient(migrateUrl, (owner) => grantRows(owner, databaseName, appRole));
  });
  return { databaseName, appUrl: toUrl(adminUrl, databaseName, appRole, passwords.app), migrateUrl };
}

async function readAdminFacts(client: Client): Promise<AdminFacts> {
  const { rows } = await client.query<AdminFacts & { version: string }>(
    `select rolname as role, rolsuper as "isSuperuser", rolsuper or rolcreaterole as "mayCreateRoles",
            rolsuper or rolcreatedb as "mayCreateDatabases", current_setting('server_version') as version
       from pg_roles where rolname = current_user`,
  );
  const [admin] = rows;
  if (admin === undefined) throw new ProvisionError('Postgres does not know the role it has just let in.');
  // The built-in collations came with 17.
  if (Number.parseInt(admin.version, 10) < 17) {
    throw new ProvisionError(`TaskTracker needs Postgres 17 or newer, but this server is ${admin.version}.`);
  }
  return admin;
}

async function ensureRole(client: Client, admin: AdminFacts, role: string, password: string): Promise<void> {
  const name = escapeIdentifier(role);
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0 && !admin.mayCreateRoles) {
    throw new ProvisionError(
      `The role ${admin.role} may not create the role ${role}: give it that right (alter role ${admin.role} createrole), or name another role.`,
    );
  }
  const verb = rowCount === 0 ? 'create' : 'alter';
  const statement = `${verb} role ${name} login password ${escapeLiteral(toScramVerifier(password))}`;
  await client.query(statement).catch((error: unknown) => {
    if (!isPermissionDenied(error)) throw error;
    throw new ProvisionError(
      `The role ${admin.role} may not set the password of ${role}: give it that right (grant ${role} to ${admin.role} with admin option), or name another role.`,
      { cause: error },
    );
  });
}

async function ensureDatabase(client: Client, admin: AdminFacts, database: string, owner: string): Promise<void> {
  const { rows } = await client.query<{ owner: string }>(
    'select pg_get_userbyid(datdba) as owner from pg_database where datname = $1',
    [database],
  );
  if (rows[0] !== undefined) {
    if (rows[0].owner === owner) return;
    throw new ProvisionError(
      `The database ${database} belongs to ${rows[0].owner}, not to ${owner}: change its owner (alter database ${database} owner to ${owner}), or name another server.`,
    );
  }
  if (!admin.mayCreateDatabases) {
    throw new ProvisionError(
      `The role ${admin.role} may not create the database ${database}: give it that right (alter role ${admin.role} createdb), or name another role.`,
    );
  }
  // Only who could act as the owner may make a database for it; creating a role alone does not allow that.
  if (!admin.isSuperuser)
    await client.query(`grant ${escapeIdentifier(owner)} to current_user with set true, inherit false`);
  await client.query(
    `create database ${escapeIdentifier(database)} owner ${escapeIdentifier(owner)} template template0
       encoding 'UTF8' locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'`,
  );
}

async function closeSharedDatabases(client: Client): Promise<void> {
  for (const database of ['postgres', 'template1']) {
    await client.query(`revoke connect, temporary on database ${database} from public`);
  }
}

// As the owner, because what it grants by default depends on who makes the tables later: the owner.
async function grantRows(owner: Client, database: string, appRole: string): Promise<void> {
  const app = escapeIdentifier(appRole);
  const rows = 'select, insert, update, delete';
  await owner.query(`
    revoke connect, temporary on database ${escapeIdentifier(database)} from public;
    grant connect on database ${escapeIdentifier(database)} to ${app};
    revoke create on schema public from public;
    grant usage on schema public to ${app};
    alter default privileges in schema public grant ${rows} on tables to ${app};
    alter default privileges in schema public grant usage on sequences to ${app};
    grant usage on all sequences in schema public to ${app}`);
  // For tables that were made before these defaults; those with a leading underscore are kept by `migrate` alone.
  const { rows: tables } = await owner.query<{ name: string; isOurs: boolean }>(
    `select oid::regclass::text as name, relname ~ '^_' as "isOurs" from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relowner = current_user::regrole`,
  );
  for (const table of tables) await owner.query(`grant ${table.isOurs ? 'select' : rows} on ${table.name} to ${app}`);
}

function toUrl(adminUrl: string, database: string, role: string, password: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

const isPermissionDenied = (error: unknown): boolean => error instanceof DatabaseError && error.code === '42501';

async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectClient(connectionString, 'tasktracker-provision', (sentence, cause) => {
    return new ProvisionError(sentence, { cause });
  });
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
