import { globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { migrate } from '@tasktracker/postgres';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import {
  checkOutRelease,
  hasRelease,
  releaseBefore,
  releasedMigrations,
  repository,
} from '../src/check-out-release.ts';
import { runJourneys, startRelease } from '../src/release-stack.ts';

/** The journeys that read and write what the services store; no migration can change what is HTTP alone. */
const journeys = ['task-list', 'task-updates', 'statistics', 'registration', 'profile', 'refresh', 'sessions'];
const log = { info: () => undefined, warn: () => undefined };

/** A shallow clone and a tarball have no history. */
const needs = `the commit ${releaseBefore} (config.releaseBefore), as a full clone has it`;

it.runIf(hasRelease())(
  'the previous release keeps its promises while its databases are migrated under it',
  { meta: { needs } },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tasktracker-release-before-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await checkOutRelease(folder);
    const stack = await startRelease(folder);
    onTestFinished(() => stack.stop());
    // So that its connections have planned their statements on the schema that it came with.
    expect(await runJourneys(folder, stack.url, ['front-end', 'sessions'])).toBe('');
    for (const [service, connectionString] of stack.migrateUrls) {
      await migrate({ migrationsDir: join(repository, 'apps', service, 'prisma/migrations'), connectionString, log });
    }
    expect(await runJourneys(folder, stack.url, journeys)).toBe('');
    expect(await untoldChanges(String(stack.migrateUrls.get('task')))).toEqual({ events: true, untold: 0 });
  },
);

/** Tasks made since the migration whose versions are not what the log tells: the release before knows of neither. */
async function untoldChanges(connectionString: string): Promise<unknown> {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(`
    SELECT (SELECT count(*) > 100 FROM outbox_events) AS events, count(*)::integer AS untold
    FROM tasks LEFT JOIN LATERAL (
      SELECT bool_or(type = 'task.created.v1') AS is_new, count(*) FILTER (WHERE type = 'task.updated.v1') AS updates
      FROM outbox_events WHERE subject = 'tasks/' || tasks.id
    ) AS told ON true
    WHERE told.is_new AND version <> 1 + told.updates
      OR told.is_new IS NULL AND created_at > (SELECT max(finished_at) FROM _prisma_migrations)`);
  await client.end();
  return rows[0];
}

/** Readiness asks for the last migration only: one that was put between older ones would not be waited for. */
it.runIf(hasRelease()).each(globSync('apps/*/prisma', { cwd: repository }))(
  'the migrations in %s come after those of the previous release',
  { meta: { needs } },
  (prisma) => {
    const released = releasedMigrations(basename(dirname(prisma)));
    const migrations = readdirSync(join(repository, prisma, 'migrations'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
    expect(migrations.slice(0, released.length)).toEqual(released);
  },
);
