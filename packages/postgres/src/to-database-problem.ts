import { ServiceUnavailable, type Problem } from '@tasktracker/errors';
import { isDatabaseUnavailable } from './is-database-unavailable.ts';

/** What an error of the database is for the caller: 503 while it can't be reached, nothing that is known otherwise. */
export function toDatabaseProblem(error: unknown): Problem | undefined {
  return isDatabaseUnavailable(error) ? new ServiceUnavailable(1, error) : undefined;
}
