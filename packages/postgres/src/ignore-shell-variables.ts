/**
 * Forgets `PGSSLMODE`, `PGUSER`, `PGOPTIONS` and the like. They belong to the shell that started us, for
 * `psql`; `pg` would fill in from them whatever a database URL does not say. Called where each connection of ours
 * begins.
 */
// oxlint-disable-next-line node/no-process-env -- `pg` reads it itself: there is no other place to keep it from
export function ignoreShellVariables(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of Object.keys(env)) if (/^PG[A-Z]/.test(name)) delete env[name];
}
