import { isDatabaseUnavailable } from './is-database-unavailable.ts';
import { postgresFault } from './postgres-fault.ts';

/** What an operator's command says of an error of the database; undefined for any other. */
export function wordsForOperator(error: unknown): string | undefined {
  if (isDatabaseUnavailable(error)) return "The database that DATABASE_URL names can't be reached.";
  const fault = postgresFault(error);
  if (fault === undefined) return undefined;
  if (/^(28|3D)/.test(fault.code)) return `The database that DATABASE_URL names does not let us in: ${fault.message}.`;
  return fault.code.startsWith('42') ? `The database is not migrated for this version: ${fault.message}.` : undefined;
}
