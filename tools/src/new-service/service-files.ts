import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toPascalCase } from './service-name.ts';

const templates = join(import.meta.dirname, '../../template');

/** Files without anything of a service's domain, and therefore copied from an existing one. */
const frame = ['vitest.config.ts', 'src/write-openapi.ts', 'test/openapi.test.ts'];
const databaseFrame = [
  'prisma.config.ts',
  'prisma/migrations/migration_lock.toml',
  'src/migrate.ts',
  'test/database-setup.ts',
];

/** The files of a new service by path below `apps/NAME`: the frame of an existing service, and the template's. */
export function serviceFiles(apps: string, name: string, database: boolean, now: Date): Map<string, string> {
  const model = database ? 'task' : 'stats';
  const files = new Map<string, string>();
  for (const path of [...frame, ...(database ? databaseFrame : [])]) {
    files.set(path, renamed(readFileSync(join(apps, model, path), 'utf8'), model, name));
  }
  if (database) {
    const keys = readFileSync(join(apps, '../packages/idempotency/idempotency-keys.sql'), 'utf8');
    files.set(`prisma/migrations/${timestamp(new Date(now.getTime() + 1_000))}_idempotency_keys/migration.sql`, keys);
  }
  const template = join(templates, database ? 'database-service' : 'plain-service');
  for (const path of globSync('**/*', { cwd: template })) {
    if (!statSync(join(template, path)).isFile()) continue;
    const target = renamed(path, 'sample', name).replace('20260101000000', timestamp(now));
    files.set(target, renamed(readFileSync(join(template, path), 'utf8'), 'sample', name));
  }
  return files;
}

/** The text with one service's name replaced by another's, except in the product's name. */
function renamed(text: string, from: string, to: string): string {
  return text
    .replaceAll(new RegExp(`${from}(?!tracker)`, 'g'), to)
    .replaceAll(new RegExp(`${toPascalCase(from)}(?!Tracker)`, 'g'), toPascalCase(to));
}

/** As in the names of migrations: `20260102030405`. */
function timestamp(date: Date): string {
  return date.toISOString().replaceAll(/\D/g, '').slice(0, 14);
}
