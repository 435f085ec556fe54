import type { NamedStatement, RunStatement } from '@tasktracker/postgres';
import type { KeptAnswer } from './answer.ts';
import { KeyInUse } from './idempotency-errors.ts';
import { claimSql, claimValues, keepSql, keptSql, nothing, toKeptAnswer, type KeptRow } from './key-sql.ts';
import type { KeyedWrite } from './keyed-write.ts';

/** A write that is one statement. */
interface OneStatementWrite {
  readonly name: string;
  /** Common table expressions that do it, if they read the one row of `claim`, and that do nothing if it has none. */
  readonly write: string;
  /** What to answer, as a query on them: status, location, etag, body. */
  readonly answer: string;
  /** `firstWriteValue` and following. */
  readonly values: readonly unknown[];
}

/** The number of the first parameter that belongs to the write. */
export const firstWriteValue = 6;

/**
 * Does a write and keeps its answer, or finds the answer that is kept, in one statement: one round trip, one commit. Undefined
 * if the write did nothing: then nothing is kept. Throws KeyReused and KeyInUse, and violates `idempotency_keys_pkey`, write and all, if somebody else was quicker.
 */
export async function runKeyedStatement(
  run: RunStatement,
  keyed: KeyedWrite,
  { name, write, answer, values }: OneStatementWrite,
): Promise<KeptAnswer | undefined> {
  const [row] = await run<KeptRow & { readonly done: boolean }>(toStatement());
  if (row === undefined) throw new KeyInUse();
  return row.done ? toKeptAnswer(row) : undefined;

  function toStatement(): NamedStatement {
    return {
      name,
      text: `WITH kept AS MATERIALIZED (${keptSql}), claim AS MATERIALIZED (${claimSql}), ${write},
        keeping AS (${keepSql(`SELECT answer.*, NULL::bigint FROM (${answer}) AS answer`, '$5')})
        SELECT true AS done, * FROM kept UNION ALL SELECT true, * FROM keeping
        UNION ALL SELECT false, ${nothing} FROM claim WHERE NOT EXISTS (SELECT FROM keeping)`,
      values: [...claimValues(keyed), keyed.lifetimeHours, ...values],
    };
  }
}
