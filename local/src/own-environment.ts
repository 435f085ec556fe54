import { databaseUrlVariable } from './database-url.ts';

/**
 * The environment that the processes of a stack get from the person who starts it: without what `psql` reads there
 * (`PGSSLMODE`, `PGUSER`, …), which is not for us, and without the URL that only the stack itself needs. What it says
 * about TLS is for the Postgres at `databaseUrl`; the embedded one has none.
 */
export function toOwnEnvironment(env: NodeJS.ProcessEnv, databaseUrl: string | undefined): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean =>
    /^PG[A-Z]/.test(name) ||
    name === databaseUrlVariable ||
    (databaseUrl === undefined && ['DATABASE_TLS', 'DATABASE_CA_FILE'].includes(name));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isForeign(name)));
}
