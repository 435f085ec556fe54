export { createDatabaseSetup, startTestServer } from './test-server.ts';
export type { TestServer } from './test-server.ts';
export { createTestDatabase } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
export { createTestAuthority } from './test-authority.ts';
