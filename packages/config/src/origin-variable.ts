import { Type } from 'typebox';

/** Where a service is that is called: `http://host:port`, without a path. `whose` is said in messages: `the task service`. */
export function originVariable(whose: string): Type.TString {
  return Type.String({ pattern: '^https?://[^/,\\s]+$', format: 'url', description: `http://host:port of ${whose}` });
}
