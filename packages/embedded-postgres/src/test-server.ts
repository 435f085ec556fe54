import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readProcessFacts } from './process-facts.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';

/** A migrated database that is cloned for each test file: what `provisionDatabase` returns. */
export interface TemplateDatabase {
  /** As the role that the service uses. */
  appUrl: string;
  /** As the role that owns the database. */
  migrateUrl: string;
}

export interface TestServer {
  adminUrl: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

declare module 'vitest' {
  interface ProvidedContext {
    databaseTemplate: TemplateDatabase & { adminUrl: string };
  }
}

const folderPrefix = 'tasktracker-test-postgres-';

/** Starts a throw-away Postgres in a temporary folder. It ends with this process, however this one ends. */
export async function startTestServer(): Promise<TestServer> {
  removeAbandonedFolders();
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), password: 'test', throwAway: true });
  return {
    adminUrl: server.adminUrl,
    async stop() {
      await server.stop({ atOnce: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// A run that was killed can't tidy up: the next one does.
function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const pid = Number.parseInt(name.slice(folderPrefix.length), 10);
    if (readProcessFacts(pid) === undefined) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/**
 * A vitest `globalSetup`: one throw-away server per run, on which `prepareTemplate` makes the database that
 * `createTestDatabase` clones. It gets the superuser's URL; nothing may stay connected to the template.
 */
export function createDatabaseSetup(
  prepareTemplate: (adminUrl: string) => Promise<TemplateDatabase>,
): (project: TestProject) => Promise<() => Promise<void>> {
  return async (project) => {
    const server = await startTestServer();
    try {
      const { appUrl, migrateUrl } = await prepareTemplate(server.adminUrl);
      project.provide('databaseTemplate', { adminUrl: server.adminUrl, appUrl, migrateUrl });
    } catch (error) {
      await server.stop();
      throw error;
    }
    return () => server.stop();
  };
}
