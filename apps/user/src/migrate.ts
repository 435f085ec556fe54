import { fileURLToPath } from 'node:url';
import { runMigrateCommand } from '@tasktracker/postgres';

process.exitCode = await runMigrateCommand({
  migrationsDir: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
  env: process.env,
  args: process.argv.slice(2),
});
