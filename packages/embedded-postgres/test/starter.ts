import { startEmbeddedPostgres } from '../src/embedded-postgres.ts';

/** A process that owns an embedded Postgres, for the tests that kill such a process. */
const [dataDir = '', password = ''] = process.argv.slice(2);
const { pid, adminUrl } = await startEmbeddedPostgres({ dataDir, password });
process.stdout.write(`${JSON.stringify({ pid, adminUrl })}\n`);
