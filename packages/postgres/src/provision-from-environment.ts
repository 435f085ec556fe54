import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from './is-database-unavailable.ts';
import type { MigrationLog } from './migration-session.ts';
import { provisionDatabase } from './provision-database.ts';
import { ProvisionError } from './provision-error.ts';

export interface ProvisionFromEnvironmentOptions {
  /** The short name of the service, such as `task`. */
  service: string;
  /**
   * ADMIN_DATABASE_URL reaches the server, with ADMIN_DATABASE_PASSWORD where that is set; DATABASE_URL and
   * MIGRATION_DATABASE_URL carry the two roles' passwords.
   */
  env: Readonly<Record<string, string | undefined>>;
  log: MigrationLog;
  /** How long a server that does not answer yet is waited for. */
  waitMs?: number;
}

const retryAfterMs = 500;

/**
 * Makes the database and the roles of one service on a server of TaskTracker's own, which may still be starting, and
 * resolves to a sentence that says so. Roles with names other than its own are somebody else's and are left alone.
 */
export async function provisionFromEnvironment(options: ProvisionFromEnvironmentOptions): Promise<string> {
  const { service, env, log, waitMs = 120_000 } = options;
  const admin = readUrl(env, 'ADMIN_DATABASE_URL');
  const adminPassword = env['ADMIN_DATABASE_PASSWORD'];
  if (adminPassword !== undefined) admin.password = encodeURIComponent(adminPassword);
  const adminUrl = admin.href;
  const app = readUrl(env, 'DATABASE_URL');
  const owner = readUrl(env, 'MIGRATION_DATABASE_URL');
  if (app.username !== `${service}_app` || owner.username !== `${service}_migrate`) {
    return `The roles ${app.username} and ${owner.username} are not provisioned here; nothing to do.`;
  }
  const passwords = { app: decodeURIComponent(app.password), migrate: decodeURIComponent(owner.password) };
  const deadline = performance.now() + waitMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { databaseName } = await provisionDatabase({ adminUrl, service, passwords, exclusiveServer: true });
      return `The database ${databaseName} and its roles are there.`;
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() > deadline) throw error;
      if (attempt === 1) log.info('The database server does not answer yet; waiting for it.');
      await delay(retryAfterMs);
    }
  }
}

function readUrl(env: ProvisionFromEnvironmentOptions['env'], name: string): URL {
  const value = env[name];
  if (value === undefined || !URL.canParse(value)) throw new ProvisionError(`${name} must be the URL of a database.`);
  return new URL(value);
}
