/** A row of the log of ended sessions: they stand in this order. Both are integers as text. */
export interface LogPosition {
  readonly transactionId: string;
  readonly sessionId: string;
}

/**
 * How far a verifier has read. Transactions commit in another order than they begin, so it has read all of those before
 * `settled`, the oldest one that was still running when it began its last walk through the log; of later ones what had
 * been committed, and reads these again. In the middle of a walk, `after` says where it goes on.
 */
export interface EndedSessionCursor {
  /** Of the database's history: another server, or one put back to an earlier state, gives out ids of its own. */
  readonly history: string;
  readonly settled: string;
  readonly after?: LogPosition;
}

interface LogPage {
  readonly history: string;
  /** When the page was read. */
  readonly oldestRunning: string;
  /** Where it ends, if there may be more. */
  readonly moreAfter: LogPosition | undefined;
}

const cursorPattern =
  /^(?<history>\d{1,20}-[\dA-F]{8})\.(?<settled>\d{1,19})(?:\.(?<transaction>\d{1,19})\.(?<session>\d{1,19}))?$/;

export function formatCursor({ history, settled, after }: EndedSessionCursor): string {
  return [history, settled, ...(after ? [after.transactionId, after.sessionId] : [])].join('.');
}

/** Undefined for anything else: whoever sends that reads from the beginning. */
export function parseCursor(text: string): EndedSessionCursor | undefined {
  const { history, settled, transaction, session } = cursorPattern.exec(text)?.groups ?? {};
  if (history === undefined || settled === undefined) return undefined;
  const after = transaction !== undefined && session !== undefined;
  return { history, settled, ...(after && { after: { transactionId: transaction, sessionId: session } }) };
}

/** Where to read on: all of the log that may be new to a verifier comes after this. */
export function startOf({ settled, after }: EndedSessionCursor): LogPosition {
  return after ?? { transactionId: settled, sessionId: '0' };
}

/** The cursor after a page that was asked for with `asked`. */
export function nextCursor(asked: EndedSessionCursor | undefined, page: LogPage): EndedSessionCursor {
  const { history, oldestRunning, moreAfter } = page;
  const isSameWalk = asked?.after !== undefined && asked.history === history;
  const settled = isSameWalk ? asked.settled : oldestRunning;
  return { history, settled, ...(moreAfter && { after: moreAfter }) };
}
