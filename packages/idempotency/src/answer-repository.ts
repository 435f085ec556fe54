import type { RunStatement } from '@tasktracker/postgres';
import type { KeptAnswer, Outcome } from './answer.ts';
import { KeyInUse } from './idempotency-errors.ts';
import { claimSql, claimValues, keepSql, keptSql, nothing, toKeptAnswer, type KeptRow } from './key-sql.ts';
import type { KeyedWrite } from './keyed-write.ts';

/**
 * Answers under their keys, in the table `idempotency_keys` of the service's database. That a key has one answer is the
 * primary key's doing; the advisory lock spares a second sender the wait for the first.
 */
export interface AnswerRepository {
  /** Throws KeyReused. */
  find(keyed: KeyedWrite): Promise<KeptAnswer | undefined>;
  /**
   * Before the write, in its transaction: the answer that is there, or undefined, and nobody else can claim the key until
   * the transaction ends. Throws KeyReused, and KeyInUse if somebody else has claimed it.
   */
  claim(keyed: KeyedWrite): Promise<KeptAnswer | undefined>;
  /** After the write, in its transaction. Violates `idempotency_keys_pkey` if somebody else was quicker. */
  keep(keyed: KeyedWrite, outcome: Outcome): Promise<KeptAnswer>;
  /** Makes room for a key whose time was over before it was swept. */
  removeExpired(keyed: KeyedWrite): Promise<void>;
  /** Removes what an account's keys have kept, and what tells of it under the service's. */
  removeAllOf(accountId: bigint): Promise<void>;
  /** The same, `limit` at most; gives how many were found, all of which are gone then, whoever removed them. */
  removeSomeOf(accountId: bigint, limit: number): Promise<number>;
  /** Removes keys whose time is over, `limit` at most; gives how many. */
  sweep(limit: number): Promise<number>;
}

const claimText = `WITH kept AS MATERIALIZED (${keptSql}), claim AS MATERIALIZED (${claimSql})
  SELECT * FROM kept UNION ALL SELECT ${nothing} FROM claim`;

const keepText = keepSql('VALUES ($5::smallint, $6::text, $7::text, $8::text, $9::bigint)', '$4');

const removeSomeText = `WITH found AS MATERIALIZED (
    SELECT ctid FROM idempotency_keys WHERE caller_id = $1 OR account_id = $1 LIMIT $2
  ), removed AS (
    DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY (SELECT ctid FROM found))
  ) SELECT count(*)::integer AS found FROM found`;

/** Beside other replicas: each takes the rows that no other has. */
const sweepText = `WITH removed AS (
    DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY (
      SELECT ctid FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
    )) RETURNING 1
  )
  SELECT count(*)::integer AS removed FROM removed`;

/** `run` uses the pool, or a transaction. */
export function createAnswerRepository(run: RunStatement): AnswerRepository {
  return {
    async find({ callerId, keyHash, fingerprint }) {
      const values = [callerId, keyHash, fingerprint];
      const [row] = await run<KeptRow>({ name: 'find-answer', text: keptSql, values });
      return row && toKeptAnswer(row);
    },
    async claim(keyed) {
      const statement = { name: 'claim-key', text: claimText, values: claimValues(keyed) };
      const [row] = await run<KeptRow>(statement);
      if (row === undefined) throw new KeyInUse();
      return row.replayed ? toKeptAnswer(row) : undefined;
    },
    async keep(keyed, { status, headers: { location = null, etag = null }, body, accountId = null }) {
      const { callerId, keyHash, fingerprint, lifetimeHours } = keyed;
      const values = [callerId, keyHash, fingerprint, lifetimeHours, status, location, etag, body, accountId];
      const [row] = await run<KeptRow>({ name: 'keep-answer', text: keepText, values });
      if (row === undefined) throw new Error('an insert returned no row');
      return toKeptAnswer(row);
    },
    async removeExpired({ callerId, keyHash }) {
      const text = 'DELETE FROM idempotency_keys WHERE caller_id = $1 AND key_hash = $2 AND expires_at <= now()';
      await run({ name: 'remove-expired-key', text, values: [callerId, keyHash] });
    },
    async removeAllOf(accountId) {
      const text = 'DELETE FROM idempotency_keys WHERE caller_id = $1 OR account_id = $1';
      await run({ name: 'remove-keys-of-account', text, values: [accountId] });
    },
    async removeSomeOf(accountId, limit) {
      const values = [accountId, limit];
      const [row] = await run<{ found: number }>({ name: 'remove-some-keys-of-account', text: removeSomeText, values });
      return row?.found ?? 0;
    },
    async sweep(limit) {
      const [row] = await run<{ removed: number }>({ name: 'sweep-keys', text: sweepText, values: [limit] });
      return row?.removed ?? 0;
    },
  };
}
