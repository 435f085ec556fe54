import type { RunStatement } from '@tasktracker/postgres';
import { CursorExpired } from './event-errors.ts';
import type { LogPosition } from './log-position.ts';

export interface LogPage {
  /** What the events are about, in the order of the log; one subject can come more than once. */
  readonly events: readonly { readonly subject: string; readonly at: LogPosition }[];
  /** Whatever is committed from now on, however late, comes after it. */
  readonly settled: LogPosition;
}

/** An event as it is logged. */
export interface LoggedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** JSON text. */
  readonly data: string;
  readonly at: LogPosition;
}

/**
 * The events of a service, in its table `outbox_events`: those of a transaction are there with its commit. What is read is
 * final: an event becomes readable when none before it can appear any more.
 */
export interface EventLog {
  /** The place after all that is readable now. */
  present(): Promise<LogPosition>;
  /** The first events of an account after a place, `limit` at most. Throws CursorExpired if older ones are missing. */
  readAfter(accountId: bigint, after: LogPosition, limit: number): Promise<LogPage>;
  /** The same of all accounts, with all that is told. */
  readAll(after: LogPosition, limit: number): Promise<readonly LoggedEvent[]>;
  /** The place of the last event that is readable now; the beginning if there is none. */
  newest(): Promise<LogPosition>;
  /** The place before all that is kept. */
  oldest(): Promise<LogPosition>;
  /** Removes the oldest events, if they are older than so many days, `limit` at most; gives how many. */
  prune(days: number, limit: number): Promise<number>;
}

const settled = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint';

/** A place that the log never had yet is from before it was restored. */
const readText = `WITH log AS MATERIALIZED (SELECT ${settled} AS settled)
  SELECT log.settled::text, event.*,
    $2 > log.settled OR EXISTS (SELECT FROM outbox_start WHERE (horizon, position) > ($2::bigint, $3::bigint)) AS expired
  FROM log LEFT JOIN LATERAL (
    SELECT subject, horizon::text, position::text FROM outbox_events
    WHERE account_id = $1 AND (horizon, position) > ($2::bigint, $3::bigint) AND horizon < log.settled
    ORDER BY outbox_events.horizon, outbox_events.position LIMIT $4
  ) AS event ON true`;

const readAllText = `WITH log AS MATERIALIZED (SELECT ${settled} AS settled)
  SELECT event.*,
    $1 > log.settled OR EXISTS (SELECT FROM outbox_start WHERE (horizon, position) > ($1::bigint, $2::bigint)) AS expired
  FROM log LEFT JOIN LATERAL (
    SELECT id::text, type, subject, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
      data::text, horizon::text, position::text
    FROM outbox_events WHERE (horizon, position) > ($1::bigint, $2::bigint) AND horizon < log.settled
    ORDER BY outbox_events.horizon, outbox_events.position LIMIT $3
  ) AS event ON true`;

const newestText = `SELECT horizon::text, position::text FROM outbox_events WHERE horizon < ${settled}
  ORDER BY outbox_events.horizon DESC, outbox_events.position DESC LIMIT 1`;

/** Beside other replicas: they remove the same events, once. */
const pruneText = `WITH old AS MATERIALIZED (
    SELECT horizon, position FROM (
      SELECT horizon, position, time FROM outbox_events ORDER BY horizon, position LIMIT $2
    ) AS oldest WHERE time < now() - $1::integer * interval '1 day'
  ), gone AS (
    DELETE FROM outbox_events AS event USING old WHERE (event.horizon, event.position) = (old.horizon, old.position)
    RETURNING event.horizon, event.position
  ), moved AS (
    UPDATE outbox_start SET horizon = last.horizon, position = last.position
    FROM (SELECT horizon, position FROM gone ORDER BY horizon DESC, position DESC LIMIT 1) AS last
    WHERE (outbox_start.horizon, outbox_start.position) < (last.horizon, last.position)
  )
  SELECT count(*)::integer AS removed FROM gone`;

// Without an event only what is said of the whole log is there.
interface ReadRow {
  readonly settled: string;
  readonly expired: boolean;
  readonly subject: string | null;
  readonly horizon: string;
  readonly position: string;
}

interface PlaceRow {
  readonly horizon: string;
  readonly position: string;
}

type EventRow = PlaceRow & { readonly expired: boolean; readonly id: string | null } & Pick<
    LoggedEvent,
    'type' | 'subject' | 'time' | 'data'
  >;

/** `run` uses the pool: what a transaction has not committed yet is in no log. */
export function createEventLog(run: RunStatement): EventLog {
  return {
    async present() {
      const statement = { name: 'present-of-log', text: `SELECT ${settled}::text AS settled`, values: [] };
      const [row] = await run<{ settled: string }>(statement);
      return beginningOf(row?.settled ?? '0');
    },
    async readAfter(accountId, { horizon, position }, limit) {
      const values = [accountId, horizon, position, limit];
      const rows = await run<ReadRow>({ name: 'read-log', text: readText, values });
      const [first] = rows;
      if (first === undefined || first.expired) throw new CursorExpired();
      const events = rows.flatMap((row) => (row.subject === null ? [] : { subject: row.subject, at: placeOf(row) }));
      return { events, settled: beginningOf(first.settled) };
    },
    async readAll({ horizon, position }, limit) {
      const rows = await run<EventRow>({
        name: 'read-whole-log',
        text: readAllText,
        values: [horizon, position, limit],
      });
      if (rows[0]?.expired !== false) throw new CursorExpired();
      return rows.flatMap(({ id, type, subject, time, data, ...place }) =>
        id === null ? [] : { id, type, subject, time, data, at: placeOf(place) },
      );
    },
    async newest() {
      const [row] = await run<PlaceRow>({ name: 'newest-of-log', text: newestText, values: [] });
      return row === undefined ? beginningOf('0') : placeOf(row);
    },
    async oldest() {
      const statement = { name: 'oldest-of-log', text: 'SELECT horizon::text, position::text FROM outbox_start' };
      const [row] = await run<PlaceRow>({ ...statement, values: [] });
      return row === undefined ? beginningOf('0') : placeOf(row);
    },
    async prune(days, limit) {
      const [row] = await run<{ removed: number }>({ name: 'prune-log', text: pruneText, values: [days, limit] });
      return row?.removed ?? 0;
    },
  };
}

function placeOf({ horizon, position }: PlaceRow): LogPosition {
  return { horizon: BigInt(horizon), position: BigInt(position) };
}

/** Before all events of a horizon. */
function beginningOf(horizon: string): LogPosition {
  return { horizon: BigInt(horizon), position: 0n };
}
