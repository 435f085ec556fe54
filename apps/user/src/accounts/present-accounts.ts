import type { ReadPresent } from '@tasktracker/events';
import type { RunStatement } from '@tasktracker/postgres';

/** As `log_account_event` tells of a registration. */
const text = `SELECT users.id::text AS key, uuidv7()::text AS id, 'accounts/' || users.id AS subject,
    to_char(users.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
    json_build_object(
      'account_id', users.id, 'username', users.username, 'email', users.email, 'full_name', users.full_name
    )::text AS data
  FROM users WHERE users.id > $1 ORDER BY users.id LIMIT $2`;

interface Row {
  readonly key: string;
  readonly id: string;
  readonly subject: string;
  readonly time: string;
  readonly data: string;
}

/** The accounts that exist, as if they registered now: for consumers that begin. */
export function createPresentAccounts(run: RunStatement): ReadPresent {
  return async (after, limit) => {
    const rows = await run<Row>({ name: 'present-accounts', text, values: [after, limit] });
    return rows.map((row) => ({ ...row, key: BigInt(row.key), type: 'account.registered.v1' }));
  };
}
