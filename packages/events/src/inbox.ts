import type { RunStatement } from '@tasktracker/postgres';
import { parseEvent, type ConsumedEvent } from './consumed-event.ts';

/** An event that waits for a person. */
export interface SetAside {
  readonly place: bigint;
  readonly source: string;
  readonly event: ConsumedEvent;
  /** Null: it was not tried, since one before it about the same subject could not be handled. */
  readonly error: string | null;
  /** RFC 3339, UTC. */
  readonly since: string;
}

/** What a service has had of the events of others, in its tables `inbox_…`. Its calls are statements; see each for those of a transaction. */
export interface Inbox {
  /**
   * Makes this process the one that reads a source, for a while from now on, unless another is. Gives the position from
   * which to read; undefined if another one reads.
   */
  lead(source: string, leader: string, ms: number): Promise<{ readonly position: string | null } | undefined>;
  /** Lets another process read. */
  release(source: string, leader: string): Promise<void>;
  /** Counts a failure of an event; gives how many there were in a row. */
  noteFailure(source: string, eventId: string): Promise<number>;
  /** In a transaction: nobody else moves in this source until it ends. Gives the position. */
  hold(source: string): Promise<string | null>;
  /** In a transaction: whether the event is new. From now on it is not. */
  takeIn(source: string, eventId: string): Promise<boolean>;
  /** With the transaction of what was handled. Null: begin anew. */
  moveTo(source: string, position: string | null): Promise<void>;
  /** Whether events about this wait for a person. */
  waits(source: string, subject: string): Promise<boolean>;
  setAside(source: string, event: ConsumedEvent, error: string | null): Promise<void>;
  /** The oldest first. */
  listSetAside(limit: number): Promise<readonly SetAside[]>;
  /** The event is no longer set aside. False if it was not any more. */
  takeBack(place: bigint): Promise<boolean>;
  /** Forgets the oldest ids of events, if they were handled so many days ago, `limit` at most; gives how many. */
  prune(days: number, limit: number): Promise<number>;
}

const leadText = `INSERT INTO inbox_positions AS own (source, leader, led_until)
  VALUES ($1, $2, now() + $3::integer * interval '1 millisecond')
  ON CONFLICT (source) DO UPDATE SET leader = excluded.leader, led_until = excluded.led_until
  WHERE own.leader = excluded.leader OR own.led_until < now()
  RETURNING position`;

const failureText = `UPDATE inbox_positions SET failing_event = $2,
    failures = CASE WHEN failing_event = $2 THEN failures + 1 ELSE 1 END
  WHERE source = $1 RETURNING failures`;

const listText = `SELECT place::text, source, event::text, error,
    to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since
  FROM inbox_set_aside ORDER BY inbox_set_aside.place LIMIT $1`;

/** Beside other replicas: each takes the rows that no other has. */
const pruneText = `WITH removed AS (
    DELETE FROM inbox_events WHERE ctid = ANY (ARRAY (
      SELECT ctid FROM inbox_events WHERE handled_at < now() - $1::integer * interval '1 day'
      ORDER BY handled_at LIMIT $2 FOR UPDATE SKIP LOCKED
    )) RETURNING 1
  ) SELECT count(*)::integer AS removed FROM removed`;

interface SetAsideRow {
  readonly place: string;
  readonly source: string;
  readonly event: string;
  readonly error: string | null;
  readonly since: string;
}

export function createInbox(run: RunStatement): Inbox {
  const act = async (name: string, text: string, values: unknown[]): Promise<void> =>
    void (await run({ name, text, values }));
  return {
    async lead(source, leader, ms) {
      const [row] = await run<{ position: string | null }>({
        name: 'lead',
        text: leadText,
        values: [source, leader, ms],
      });
      return row;
    },
    release: (source, leader) =>
      act('release', `UPDATE inbox_positions SET led_until = '-infinity' WHERE source = $1 AND leader = $2`, [
        source,
        leader,
      ]),
    async noteFailure(source, eventId) {
      const values = [source, eventId];
      const [row] = await run<{ failures: number }>({ name: 'note-failure', text: failureText, values });
      return row?.failures ?? 0;
    },
    async hold(source) {
      const text = 'SELECT position FROM inbox_positions WHERE source = $1 FOR UPDATE';
      const [row] = await run<{ position: string | null }>({ name: 'hold-inbox', text, values: [source] });
      return row?.position ?? null;
    },
    async takeIn(source, eventId) {
      const text = 'INSERT INTO inbox_events (source, id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id';
      return (await run({ name: 'take-in', text, values: [source, eventId] })).length > 0;
    },
    moveTo: (source, position) =>
      act('move-inbox', 'UPDATE inbox_positions SET position = $2 WHERE source = $1', [source, position]),
    async waits(source, subject) {
      const text = 'SELECT 1 FROM inbox_set_aside WHERE source = $1 AND subject = $2 LIMIT 1';
      return (await run({ name: 'waits', text, values: [source, subject] })).length > 0;
    },
    setAside: (source, event, error) =>
      act('set-aside', 'INSERT INTO inbox_set_aside (source, subject, event, error) VALUES ($1, $2, $3, $4)', [
        source,
        event.subject,
        JSON.stringify(event),
        error,
      ]),
    async listSetAside(limit) {
      const rows = await run<SetAsideRow>({ name: 'list-set-aside', text: listText, values: [limit] });
      return rows.map((row) => ({ ...row, place: BigInt(row.place), event: parseEvent(row.event) }));
    },
    async takeBack(place) {
      const text = 'DELETE FROM inbox_set_aside WHERE place = $1 RETURNING place';
      return (await run({ name: 'take-back', text, values: [place] })).length > 0;
    },
    async prune(days, limit) {
      const [row] = await run<{ removed: number }>({ name: 'prune-inbox', text: pruneText, values: [days, limit] });
      return row?.removed ?? 0;
    },
  };
}
