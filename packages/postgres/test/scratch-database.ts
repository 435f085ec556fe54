import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { QueryResultRow } from 'pg';
import { inject, onTestFinished } from 'vitest';
import { provisionDatabase } from '../src/postgres.ts';
import type { ProvisionedDatabase } from '../src/postgres.ts';

export const passwords = { migrate: 'owner pass/word%', app: 'app:pass@word' };

/** A service name that no other test uses. */
export function uniqueService(): string {
  return `s${randomBytes(6).toString('hex')}`;
}

export function provisionScratch(service = uniqueService()): Promise<ProvisionedDatabase> {
  return provisionDatabase({ adminUrl: inject('adminUrl'), service, passwords });
}

/** A migrations folder with these scripts by name; gone when the test ends. */
export async function makeMigrationsDir(scripts: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tasktracker-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, script] of Object.entries(scripts)) await addMigration(folder, name, script);
  return folder;
}

export async function addMigration(migrationsDir: string, name: string, script: string): Promise<void> {
  await mkdir(join(migrationsDir, name));
  await writeFile(join(migrationsDir, name, 'migration.sql'), script);
}

/** Runs one statement on a connection of its own. */
export async function runSql<Row extends QueryResultRow>(connectionString: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

/** The SQLSTATE with which Postgres refuses a statement (or the connection), `none` when it doesn't. */
export async function refusal(connectionString: string, sql: string): Promise<string> {
  try {
    await runSql(connectionString, sql);
    return 'none';
  } catch (error) {
    return String(error instanceof Error ? Reflect.get(error, 'code') : error);
  }
}

export function recordedLog(): { lines: string[]; info: (line: string) => void; warn: (line: string) => void } {
  const lines: string[] = [];
  const push = (line: string): void => void lines.push(line);
  return { lines, info: push, warn: push };
}
