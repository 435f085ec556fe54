import { DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import type { Client } from 'pg';
import { connectClient } from './connect-client.ts';
import { inspectServer, mayNotSetPassword, readAdminFacts } from './inspect-server.ts';
import type { AdminFacts, Found, WantedDatabase, WantedRole } from './inspect-server.ts';
import { ProvisionError } from './provision-error.ts';
import { toScramVerifier } from './scram-verifier.ts';
import { toMark } from './server-owner.ts';
import type { ServerOwner } from './server-owner.ts';

export interface ProvisionOptions extends ServiceToProvision {
  /** A role that may create databases and roles; a superuser is not needed. */
  adminUrl: string;
  /** True if this server is TaskTracker's alone: strangers lose access to `postgres` and `template1` too. */
  exclusiveServer?: boolean;
  /** Marks the roles; those of another owner are refused. Without it, anybody with the admin's URL owns them. */
  owner?: ServerOwner;
}

export interface ServiceToProvision {
  /** The short name of the service, such as `task`. */
  service: string;
  /** ASCII only; they are set each time. */
  passwords: { migrate: string; app: string };
}

export interface ProvisionedDatabase {
  databaseName: string;
  /** As `<service>_app`: reads and writes rows, no more. */
  appUrl: string;
  /** As `<service>_migrate`: owns the database. */
  migrateUrl: string;
}

// Any number will do as long as every provisioning program uses the same.
const provisionLock = 720_727_001;

/**
 * Makes the database `tasktracker_<service>` with its two roles, which can connect to no other of these databases,
 * unless they are there; another run repairs rights and passwords. Throws {@link ProvisionError} and changes
 * nothing where rights are missing or the roles are another owner's.
 */
export async function provisionDatabase(options: ProvisionOptions): Promise<ProvisionedDatabase> {
  const { service, passwords, ...server } = options;
  const made = (await provisionDatabases({ ...server, services: [{ service, passwords }] })).get(service);
  if (made === undefined) throw new Error('no database was made');
  return made;
}

/** The databases of several services, by their names: nothing is changed for one unless all can be made. */
export async function provisionDatabases(
  options: Omit<ProvisionOptions, keyof ServiceToProvision> & { services: readonly ServiceToProvision[] },
): Promise<Map<string, ProvisionedDatabase>> {
  const { adminUrl, services, owner } = options;
  const wanted = services.map((service) => toWanted(adminUrl, service));
  await withClient(adminUrl, async (client) => {
    // Two programs that provision at once would trip over each other's catalogue rows.
    await client.query('select pg_advisory_lock($1)', [provisionLock]);
    const admin = await readAdminFacts(client);
    const found: Found[] = [];
    for (const each of wanted) found.push(await inspectServer(client, admin, each, owner));
    if (options.exclusiveServer === true) await closeSharedDatabases(client);
    for (const [index, each] of wanted.entries())
      await makeDatabase(client, admin, { ...each, found: found[index] }, owner);
  });
  return new Map(
    wanted.map(({ service, databaseName, app, owner: { url } }) => [
      service,
      { databaseName, appUrl: app.url, migrateUrl: url },
    ]),
  );
}

function toWanted(adminUrl: string, { service, passwords }: ServiceToProvision): WantedDatabase & { service: string } {
  const databaseName = `tasktracker_${service}`;
  const toRole = (name: string, password: string): WantedRole => ({
    name,
    password,
    url: toUrl(adminUrl, databaseName, name, password),
  });
  return {
    service,
    databaseName,
    owner: toRole(`${service}_migrate`, passwords.migrate),
    app: toRole(`${service}_app`, passwords.app),
  };
}

async function makeDatabase(
  client: Client,
  admin: AdminFacts,
  wanted: WantedDatabase & { found: Found | undefined },
  owner: ServerOwner | undefined,
): Promise<void> {
  const { databaseName, found } = wanted;
  for (const role of [wanted.owner, wanted.app]) {
    await setRole(client, admin, { ...role, isThere: found?.roles.has(role.name) === true }, owner);
  }
  if (found?.database !== true) await createDatabase(client, admin, databaseName, wanted.owner.name);
  await withClient(wanted.owner.url, (session) => grantRows(session, databaseName, wanted.app.name));
}

async function setRole(
  client: Client,
  admin: AdminFacts,
  { name, password, isThere }: WantedRole & { isThere: boolean },
  owner: ServerOwner | undefined,
): Promise<void> {
  const role = escapeIdentifier(name);
  const mark = owner === undefined ? '' : `; comment on role ${role} is ${escapeLiteral(toMark(owner))}`;
  // One message is one transaction: no role is ever there without its mark.
  const statements = `${isThere ? 'alter' : 'create'} role ${role} login password ${escapeLiteral(toScramVerifier(password))}${mark}`;
  await client.query(statements).catch((error: unknown) => {
    if (!isPermissionDenied(error)) throw error;
    throw mayNotSetPassword(admin.role, name, error);
  });
}

async function createDatabase(client: Client, admin: AdminFacts, database: string, owner: string): Promise<void> {
  // Only a role that can act as the owner may make a database for it; having created the owner is not enough.
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

// As the owner, because default privileges apply to the role that creates the tables later: the owner.
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
