import type { Pool } from 'pg';

/** A key of tries that count together, in hex. */
export type AttemptKey = string;

export interface AttemptRepository {
  /** The times of each key, in milliseconds; empty for one without. `isKnown`: the account was signed in to from there. */
  read(keys: readonly AttemptKey[], device: Device | undefined): Promise<{ times: number[][]; isKnown: boolean }>;
  /** Sets the times of every key if all still are what was read; false, and nothing is changed, if not. */
  replace(changes: readonly AttemptChange[]): Promise<boolean>;
  /** Takes one try back from each key. */
  takeBack(keys: readonly AttemptKey[], time: number): Promise<void>;
  /** Forgets all tries of these keys. */
  forget(keys: readonly AttemptKey[]): Promise<void>;
  /** From now on the account is known to be used from there; forgets the ones seen longest ago if there are too many. */
  remember(device: Device, seenAt: Date): Promise<void>;
  /** The networks of known devices that were seen since then, each once; `limit` of them if there are more. */
  readNetworks(since: Date, limit: number): Promise<string[]>;
  /** Deletes what nothing has asked for since these times, `limit` rows at most of each kind; gives how many. */
  deleteOld(attemptsBefore: Date, devicesBefore: Date, limit: number): Promise<number>;
}

interface AttemptChange {
  readonly key: AttemptKey;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export interface Device {
  readonly accountId: bigint;
  /** A hash, in hex. */
  readonly network: string;
}

/** How many networks of one account are remembered. */
const mostDevices = 50;

const readStatement = {
  name: 'read-attempts',
  text: `
    SELECT (SELECT coalesce(json_object_agg(encode(key, 'hex'), times), '{}') FROM attempts
        WHERE key = ANY(SELECT decode(k, 'hex') FROM unnest($1::text[]) AS k)) AS times,
      EXISTS (SELECT FROM known_devices WHERE user_id = $2::bigint AND network = decode($3, 'hex')) AS "isKnown"`,
};

const replaceStatement = {
  name: 'replace-attempts',
  text: `
    INSERT INTO attempts AS old (key, times, last_at)
    SELECT decode(key, 'hex'), "to"::bigint[], to_timestamp($4::bigint / 1000.0)
    FROM unnest($1::text[], $2::text[], $3::text[]) AS change (key, "from", "to")
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET times = excluded.times, last_at = excluded.last_at
    WHERE old.times = (
      SELECT "from"::bigint[] FROM unnest($1::text[], $2::text[]) AS change (key, "from") WHERE decode(key, 'hex') = old.key
    )
    RETURNING encode(key, 'hex') AS key`,
};

/** The rows of the keys $1, locked in one order: two statements that took the same rows in two orders would be a deadlock. */
const lockedRows = `locked AS (
      SELECT key FROM attempts WHERE key = ANY(SELECT decode(k, 'hex') FROM unnest($1::text[]) AS k) ORDER BY key FOR UPDATE
    )`;

const takeBackStatement = {
  name: 'take-back-attempts',
  text: `
    WITH ${lockedRows}
    UPDATE attempts SET times = array_remove(times, $2::bigint) FROM locked WHERE attempts.key = locked.key`,
};

const forgetStatement = {
  name: 'forget-attempts',
  text: `
    WITH ${lockedRows}
    DELETE FROM attempts USING locked WHERE attempts.key = locked.key`,
};

const rememberStatement = {
  name: 'remember-device',
  text: `
    WITH surplus AS (
      DELETE FROM known_devices WHERE user_id = $1 AND network IN (
        SELECT network FROM known_devices WHERE user_id = $1 AND network <> decode($2, 'hex') AND network IN (
          SELECT network FROM known_devices WHERE user_id = $1 ORDER BY seen_at DESC OFFSET $4
        ) FOR UPDATE SKIP LOCKED
      )
    )
    INSERT INTO known_devices (user_id, network, seen_at) SELECT id, decode($2, 'hex'), $3 FROM users WHERE id = $1
    ON CONFLICT (user_id, network) DO UPDATE SET seen_at = excluded.seen_at
    WHERE known_devices.seen_at < excluded.seen_at - interval '1 hour'`,
};

/**
 * SQL through the driver: these come with every sign-in, and compare arrays, for which Prisma has no words. A row is written only
 * if it is as it was read (compare and set), so that tries at the same moment, of whichever replica, all count.
 */
export function createAttemptRepository(pool: Pool): AttemptRepository {
  const repository: AttemptRepository = {
    async read(keys, device) {
      const values = [keys, device?.accountId.toString() ?? null, device?.network ?? ''];
      const { rows } = await pool.query<{ times: Record<string, number[]>; isKnown: boolean }>({
        ...readStatement,
        values,
      });
      const [row] = rows;
      return { times: keys.map((key) => row?.times[key] ?? []), isKnown: row?.isKnown ?? false };
    },
    async replace(changes) {
      const keys = changes.map(({ key }) => key);
      const last = Math.max(...changes.map(({ to }) => to.at(-1) ?? 0));
      const from = changes.map((change) => toArrayText(change.from));
      const to = changes.map((change) => toArrayText(change.to));
      const { rows } = await pool.query<{ key: string }>({ ...replaceStatement, values: [keys, from, to, last] });
      if (rows.length === changes.length) return true;
      // Somebody else was quicker with one of them: the others are as they were again.
      if (rows.length > 0) {
        await repository.takeBack(
          rows.map(({ key }) => key),
          last,
        );
      }
      return false;
    },
    async takeBack(keys, time) {
      await pool.query({ ...takeBackStatement, values: [keys, time] });
    },
    async forget(keys) {
      await pool.query({ ...forgetStatement, values: [keys] });
    },
    async remember({ accountId, network }, seenAt) {
      await pool.query({ ...rememberStatement, values: [accountId.toString(), network, seenAt, mostDevices - 1] });
    },
    async readNetworks(since, limit) {
      const { rows } = await pool.query<{ network: string }>(
        `SELECT DISTINCT encode(network, 'hex') AS network FROM known_devices WHERE seen_at >= $1 LIMIT $2`,
        [since, limit],
      );
      return rows.map(({ network }) => network);
    },
    async deleteOld(attemptsBefore, devicesBefore, limit) {
      const attempts = await pool.query(
        'DELETE FROM attempts WHERE key IN (SELECT key FROM attempts WHERE last_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)',
        [attemptsBefore, limit],
      );
      const devices = await pool.query(
        `DELETE FROM known_devices WHERE (user_id, network) IN (
           SELECT user_id, network FROM known_devices WHERE seen_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`,
        [devicesBefore, limit],
      );
      return (attempts.rowCount ?? 0) + (devices.rowCount ?? 0);
    },
  };
  return repository;
}

function toArrayText(times: readonly number[]): string {
  return `{${times.join(',')}}`;
}
