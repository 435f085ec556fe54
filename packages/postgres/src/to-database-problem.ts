import { Overloaded, ServiceUnavailable, type Problem } from '@tasktracker/errors';
import { PoolOverloaded } from './deadline-pool.ts';
import { isDatabaseUnavailable } from './is-database-unavailable.ts';

/** The problem for an error of the database: 503 while it can't be reached or too many wait for it, undefined for anything else. */
export function toDatabaseProblem(error: unknown): Problem | undefined {
  if (error instanceof PoolOverloaded) return new Overloaded();
  return isDatabaseUnavailable(error) ? new ServiceUnavailable(1, error) : undefined;
}
