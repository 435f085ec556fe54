import { outcomeOf, type Exchange } from '../history/exchange.ts';
import type { Finding } from './finding.ts';

/**
 * All answers under one key are one answer, byte for byte: status, body, `Location` and `ETag`. At most one of them is the
 * first; the others say that they are given again.
 */
export function findKeyFaults(history: readonly Exchange[]): Finding[] {
  const byKey = Map.groupBy(
    history.filter(({ key }) => key !== undefined),
    ({ account, key }) => `${account} ${key}`,
  );
  return [...byKey.values()].flatMap((exchanges) => {
    const kept = exchanges.filter(isKept);
    const answers = new Set(kept.map(toText));
    const first = kept.filter((exchange) => !isReplay(exchange));
    if (answers.size <= 1 && first.length <= 1) return [];
    const words = `${answers.size} different answers, ${first.length} of them first ones, under the key ${exchanges[0]?.key}`;
    return [{ checker: 'replays', words, exchanges }];
  });
}

/** An answer that is given again: of success, or a refusal decided by state. */
export function isKept(exchange: Exchange): boolean {
  if (outcomeOf(exchange) === 'done') return true;
  if (![404, 409, 412].includes(exchange.status)) return false;
  const { code }: { code?: string } = JSON.parse(exchange.body);
  return code !== 'IDEMPOTENCY_KEY_IN_USE';
}

function toText({ status, headers, body }: Exchange): string {
  return [status, headers['location'], headers['etag'], body].join('\n');
}

/** Whether an answer was given before. */
export function isReplay({ headers }: Exchange): boolean {
  return headers['idempotency-replayed'] !== undefined;
}
