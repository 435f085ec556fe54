// Pieces of statements on `idempotency_keys`. In all of them $1 is the caller, $2 the key's hash, $3 the fingerprint.
import type { KeptAnswer } from './answer.ts';
import { KeyReused } from './idempotency-errors.ts';
import type { KeyedWrite } from './keyed-write.ts';

const answerColumns = 'status, location, etag, body';
const expires = `to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS expires`;

/** An answer as a statement gives it. */
export interface KeptRow {
  readonly replayed: boolean;
  /** Whether it was kept for a request that means the same. */
  readonly same: boolean;
  readonly status: number;
  readonly location: string | null;
  readonly etag: string | null;
  readonly body: string | null;
  readonly expires: string;
}

/** The answer that is kept under the key, if any. */
export const keptSql = `SELECT true AS replayed, fingerprint = $3 AS same, ${answerColumns}, ${expires}
  FROM idempotency_keys WHERE caller_id = $1 AND key_hash = $2 AND expires_at > now()`;

/** The columns of a row of these statements that holds no answer. */
export const nothing = `false, true, NULL, NULL, NULL, NULL, ''`;

/** One row if nothing is `kept` and nobody else has claimed the key; $4 is the number that claims are made by. */
export const claimSql = 'SELECT WHERE NOT EXISTS (SELECT FROM kept) AND pg_try_advisory_xact_lock($4::bigint)';

/** Keeps the row that `source` gives (status, location, etag, body, account), for as many hours as `hours` says. */
export function keepSql(source: string, hours: string): string {
  return `INSERT INTO idempotency_keys
      (caller_id, key_hash, fingerprint, expires_at, ${answerColumns}, account_id)
    SELECT $1, $2, $3, now() + ${hours}::integer * interval '1 hour', answer.*
    FROM (${source}) AS answer (${answerColumns}, account_id)
    RETURNING false AS replayed, true AS same, ${answerColumns}, ${expires}`;
}

/** $1 to $4. */
export function claimValues({ callerId, keyHash, fingerprint }: KeyedWrite): unknown[] {
  return [callerId, keyHash, fingerprint, keyHash.readBigInt64BE()];
}

/** Throws KeyReused. */
export function toKeptAnswer({ replayed, same, status, location, etag, body, expires: until }: KeptRow): KeptAnswer {
  if (!same) throw new KeyReused();
  const headers = { ...(location !== null && { location }), ...(etag !== null && { etag }) };
  return { status, headers, body, expires: until, isReplay: replayed };
}
