import { startTestServer } from '@tasktracker/embedded-postgres/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    adminUrl: string;
  }
}

/** One throw-away server for all files here; each makes databases and roles of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide('adminUrl', server.adminUrl);
  return () => server.stop();
}
