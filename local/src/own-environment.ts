import { databaseUrlVariable } from './database-url.ts';

/**
 * The environment that the processes of a stack get from the person who starts it: without what `psql` reads there
 * (`PGSSLMODE`, `PGUSER`, …), which is not for us, and without the URL that only the stack itself needs.
 */
export function toOwnEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^PG[A-Z]/.test(name) && name !== databaseUrlVariable),
  );
}
