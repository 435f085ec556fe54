import { outcomeOf, type Exchange } from '../history/exchange.ts';
import type { Finding } from './finding.ts';

/** All answers under one key are one answer, byte for byte: status, body, `Location` and `ETag`. */
export function findKeyFaults(history: readonly Exchange[]): Finding[] {
  const byKey = Map.groupBy(
    history.filter(({ key }) => key !== undefined),
    ({ account, key }) => `${account} ${key}`,
  );
  return [...byKey.values()].flatMap((exchanges) => {
    const answers = new Set(exchanges.filter(isKept).map(toText));
    if (answers.size <= 1) return [];
    const words = `${answers.size} different answers under the key ${exchanges[0]?.key}`;
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
  return [status, headers['location'], headers['etag'], withoutRequestId(body)].join('\n');
}

/** A problem names the request that it answers. */
function withoutRequestId(body: string): string {
  return body.replace(/"request_id":"[^"]*"/, '');
}
