import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@tasktracker/contracts/services';
import { provisionDatabases } from '@tasktracker/postgres';
import { Client } from 'pg';
import { repositoryDir } from './repository-dir.ts';

/** Makes and migrates the databases; the app role's URL of each service that has one. `sql` is run as the owner. */
export async function prepareDatabases(
  adminUrl: string,
  logFile: string,
  sql: Readonly<Record<string, string>>,
): Promise<Map<string, string>> {
  const wanted = services.flatMap(({ name, database }) => (database ? [name] : []));
  const made = await provisionDatabases({
    adminUrl,
    exclusiveServer: true,
    services: wanted.map((service) => ({ service, passwords: { migrate: 'owner', app: 'app' } })),
  });
  await Promise.all(
    [...made].map(async ([service, { migrateUrl }]) => {
      await migrate(service, migrateUrl, logFile);
      const statements = sql[service];
      if (statements !== undefined) await runSql(migrateUrl, statements);
    }),
  );
  return new Map([...made].map(([service, { appUrl }]) => [service, appUrl]));
}

/** By the service's own entry, as a cluster does. */
function migrate(service: string, migrateUrl: string, logFile: string): Promise<void> {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [join(repositoryDir, 'apps', service, 'src', 'migrate.ts')], {
    cwd: repositoryDir,
    env: { PATH: process.env['PATH'], MIGRATION_DATABASE_URL: migrateUrl },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The migration of ${service} ended with ${code}; its log: ${logFile}`));
    });
  });
}

async function runSql(url: string, statements: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}
