import { Type, type TString } from '@tasktracker/schema';

/**
 * The address of a service that is called: `http://host:port`, without a path. Messages show `whose`: `the task
 * service`.
 */
export function originVariable(whose: string): TString {
  return Type.String({ pattern: '^https?://[^/,\\s]+$', format: 'url', description: `http://host:port of ${whose}` });
}
