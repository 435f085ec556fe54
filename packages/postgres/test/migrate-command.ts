import { runMigrateCommand } from '../src/postgres.ts';

/** What a service's `migrate.ts` does, with the folder from the command line: started as a process by the tests. */
const [migrationsDir = '', ...args] = process.argv.slice(2);
process.exitCode = await runMigrateCommand({ migrationsDir, env: process.env, args });
