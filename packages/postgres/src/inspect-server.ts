import type { Client } from 'pg';
import { connectClient } from './connect-client.ts';
import { ProvisionError } from './provision-error.ts';
import { readProperty } from './read-property.ts';
import { faultOfServer, serverVersion } from './required-version.ts';
import type { ServerOwner } from './server-owner.ts';
import { readMark } from './server-owner.ts';

/** What one service needs on a server. */
export interface WantedDatabase {
  databaseName: string;
  owner: WantedRole;
  app: WantedRole;
}

export interface WantedRole {
  name: string;
  password: string;
  /** The service's database, as this role. */
  url: string;
}

export interface AdminFacts {
  role: string;
  isSuperuser: boolean;
  mayCreateRoles: boolean;
  mayCreateDatabases: boolean;
}

/** What a server already has of one service. */
export interface Found {
  roles: ReadonlySet<string>;
  database: boolean;
}

interface RoleFacts {
  name: string;
  mark: string | null;
  maySetPassword: boolean;
}

/** Which role we are on the server, and its rights. Throws {@link ProvisionError} for one that is too old. */
export async function readAdminFacts(client: Client): Promise<AdminFacts> {
  const { rows } = await client.query<AdminFacts & { version: string }>(
    `select rolname as role, rolsuper as "isSuperuser", rolsuper or rolcreaterole as "mayCreateRoles",
            rolsuper or rolcreatedb as "mayCreateDatabases", ${serverVersion} as version
       from pg_roles where rolname = current_user`,
  );
  const [admin] = rows;
  if (admin === undefined) throw new ProvisionError('Postgres does not know the role it has just let in.');
  const fault = faultOfServer(admin.version);
  if (fault !== undefined) throw new ProvisionError(fault);
  return admin;
}

/**
 * Finds everything that stands in the way of `wanted` before anything is changed: missing rights, somebody else's
 * database, roles that another TaskTracker uses. Throws {@link ProvisionError}.
 */
export async function inspectServer(
  client: Client,
  admin: AdminFacts,
  wanted: WantedDatabase,
  ours: ServerOwner | undefined,
): Promise<Found> {
  const names = [wanted.owner.name, wanted.app.name];
  const { rows: roles } = await client.query<RoleFacts>(
    `select rolname as name, shobj_description(oid, 'pg_authid') as mark,
            pg_has_role(current_user, oid, 'member with admin option') as "maySetPassword"
       from pg_roles where rolname = any($1)`,
    [names],
  );
  const missing = names.find((name) => !roles.some((role) => role.name === name));
  if (missing !== undefined && !admin.mayCreateRoles) {
    throw new ProvisionError(
      `The role ${admin.role} may not create the role ${missing}: give it that right (alter role ${admin.role} createrole), or name another role.`,
    );
  }
  const database = await inspectDatabase(client, admin, wanted);
  for (const role of roles) {
    const { url } = role.name === wanted.app.name ? wanted.app : wanted.owner;
    if (ours !== undefined) await refuseForeignRole(role, ours, url);
    if (!role.maySetPassword) throw mayNotSetPassword(admin.role, role.name);
  }
  return { roles: new Set(roles.map(({ name }) => name)), database };
}

async function inspectDatabase(client: Client, admin: AdminFacts, wanted: WantedDatabase): Promise<boolean> {
  const { databaseName, owner } = wanted;
  const { rows } = await client.query<{ owner: string }>(
    'select pg_get_userbyid(datdba) as owner from pg_database where datname = $1',
    [databaseName],
  );
  if (rows[0] === undefined && !admin.mayCreateDatabases) {
    throw new ProvisionError(
      `The role ${admin.role} may not create the database ${databaseName}: give it that right (alter role ${admin.role} createdb), or name another role.`,
    );
  }
  if (rows[0] !== undefined && rows[0].owner !== owner.name) {
    throw new ProvisionError(
      `The database ${databaseName} belongs to ${rows[0].owner}, not to ${owner.name}: change its owner (alter database ${databaseName} owner to ${owner.name}), or name another server.`,
    );
  }
  return rows[0] !== undefined;
}

/**
 * Ours is a role that already has our password, so that nothing changes for anybody, or one that carries our mark,
 * whose password was lost. Any other belongs to somebody who would be locked out.
 */
async function refuseForeignRole(role: RoleFacts, ours: ServerOwner, url: string): Promise<void> {
  const mark = readMark(role.mark);
  if (mark?.id === ours.id || (await letsIn(url))) return;
  const whose =
    mark === undefined ? 'somebody else, perhaps another TaskTracker' : `another TaskTracker, ${mark.place}`;
  throw new ProvisionError(
    `The role ${role.name} at ${new URL(url).host} belongs to ${whose}. Nothing was changed there: start with the data folder that goes with it, or on another Postgres server.`,
  );
}

/** Whether the server takes the password; what it refuses only afterwards doesn't matter. */
async function letsIn(url: string): Promise<boolean> {
  try {
    const client = await connectClient(url, 'tasktracker-provision', (sentence, cause) => {
      return new ProvisionError(sentence, { cause });
    });
    await client.end();
    return true;
  } catch (error) {
    const code = readProperty(readProperty(error, 'cause'), 'code');
    if (code === '28P01' || code === '28000') return false;
    // No such database, or no right to connect to it: reported after the password was accepted.
    if (code === '3D000' || code === '42501') return true;
    throw error;
  }
}

export function mayNotSetPassword(admin: string, role: string, cause?: unknown): ProvisionError {
  return new ProvisionError(
    `The role ${admin} may not set the password of ${role}: give it that right (grant ${role} to ${admin} with admin option), or name another role.`,
    { cause },
  );
}
