import type { Exchange } from '../history/exchange.ts';
import type { InjectedFault } from '../injection/fault-plan.ts';
import type { Finding } from './finding.ts';

/** The contract's: an ended session counts everywhere this soon. */
const countsWithinMs = 10_000;

/**
 * Tokens that worked although their session had ended 10 s before. While something is broken, who verifies tokens may be
 * cut off from the list of ended sessions: the 10 s count from the end of the last fault.
 */
export function findSessionFaults(history: readonly Exchange[], faults: readonly InjectedFault[]): Finding[] {
  const endedAt = new Map(
    history.flatMap(({ operation, session, status, endedAt: at }) =>
      operation === 'logout' && session !== undefined && status === 204 ? [[session, at] as const] : [],
    ),
  );
  return history.flatMap((exchange) => {
    const { session = '', operation, status, startedAt, place = 'the gateway' } = exchange;
    const ended = endedAt.get(session);
    if (operation !== 'session-use' || ended === undefined || status < 200 || status > 299) return [];
    const disturbedUntil = Math.max(
      ended,
      ...faults.flatMap((fault) => (fault.beganAt < startedAt ? [fault.endedAt] : [])),
    );
    if (startedAt - disturbedUntil < countsWithinMs) return [];
    const words = `the token of a session that ended ${Math.round(startedAt - ended)} ms before worked at ${place}`;
    const exchanges = history.filter((other) => other.session === session);
    return [{ checker: 'ended sessions', words, exchanges }];
  });
}
