import { describe, expect, it } from 'vitest';
import { toOwnEnvironment } from './own-environment.ts';

const tls = { DATABASE_TLS: 'verify-full', DATABASE_CA_FILE: '/ca.pem' };

describe('the environment of a stack', () => {
  it("has nothing of psql's, and not the URL of the server", () => {
    const env = {
      PGUSER: 'x',
      PGSSLMODE: 'prefer',
      TASKTRACKER_DATABASE_URL: 'postgres://h',
      PG: '1',
      LOG_LEVEL: 'debug',
    };
    expect(toOwnEnvironment(env, undefined)).toEqual({ PG: '1', LOG_LEVEL: 'debug' });
  });

  it('takes what it says of TLS for a Postgres of the person, not for the embedded one', () => {
    expect(toOwnEnvironment(tls, 'postgres://h')).toEqual(tls);
    expect(toOwnEnvironment(tls, undefined)).toEqual({});
  });
});
