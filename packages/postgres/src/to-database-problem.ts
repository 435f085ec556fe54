import { ServiceUnavailable, type Problem } from '@tasktracker/errors';
import { isDatabaseUnavailable } from './is-database-unavailable.ts';

/** The problem for an error of the database: 503 while it can't be reached, undefined for anything else. */
export function toDatabaseProblem(error: unknown): Problem | undefined {
  return isDatabaseUnavailable(error) ? new ServiceUnavailable(1, error) : undefined;
}
