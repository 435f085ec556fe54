import { isKept } from '../checkers/find-key-faults.ts';
import { outcomeOf, type Exchange } from '../history/exchange.ts';

/** What a history holds of each promise: the N of "0 in N". */
export interface RoundCounts {
  /** Writes that were acknowledged; all that was sent under one key is one. */
  readonly writes: number;
  /** Writes that nobody knows the end of. */
  readonly unknown: number;
  /** Keys that were sent more than once and whose answer came. */
  readonly keys: number;
  /** Those of them of which an answer was lost. */
  readonly cutKeys: number;
  /** Tasks that were edited at once under `If-Match`. */
  readonly contests: number;
  /** Edits that were done under `If-Match`. */
  readonly matched: number;
  /** Edits that were refused because their version was stale. */
  readonly stale: number;
}

const writing: ReadonlySet<string> = new Set(['create', 'edit', 'delete']);

export function countRound(history: readonly Exchange[]): RoundCounts {
  const sent = history.filter(({ operation }) => writing.has(operation));
  const writes = [...Map.groupBy(sent, ({ account, key, index }) => (key === undefined ? index : `${account} ${key}`))];
  const unclear = writes.filter(([, same]) => !same.some(isKept) && same.some(isUnknown));
  const keys = writes.filter(([, same]) => same[0]?.key !== undefined && same.length > 1 && same.some(isKept));
  const tagged = sent.filter(({ operation, ifMatch }) => operation === 'edit' && ifMatch !== undefined);
  const byTask = Map.groupBy(tagged, ({ taskId }) => taskId);
  return {
    writes: writes.filter(([, same]) => same.some(isDone)).length,
    unknown: unclear.length,
    keys: keys.length,
    cutKeys: keys.filter(([, same]) => same.some(isUnknown)).length,
    contests: [...byTask.values()].filter(overlap).length,
    matched: tagged.filter(isDone).length,
    stale: tagged.filter(({ status }) => status === 412).length,
  };
}

function isDone(exchange: Exchange): boolean {
  return outcomeOf(exchange) === 'done';
}

function isUnknown(exchange: Exchange): boolean {
  return outcomeOf(exchange) === 'unknown';
}

/** Whether any two ran at the same time, under keys of their own. */
function overlap(edits: readonly Exchange[]): boolean {
  const byStart = edits.toSorted((a, b) => a.startedAt - b.startedAt);
  return byStart.some(
    ({ startedAt, key }, index) =>
      index > 0 &&
      byStart.slice(0, index).some((other) => other.endedAt > startedAt && (key === undefined || other.key !== key)),
  );
}
