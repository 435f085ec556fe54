import type { FinalState } from '../history/final-state.ts';
import { checkCounters } from './counters.ts';
import type { Finding } from './finding.ts';

/** Counters and totals that differ from a recount. */
export function findCounterFaults(finals: readonly FinalState[]): Finding[] {
  return finals.flatMap((final) =>
    checkCounters(final).map((words) => ({ checker: 'counters', words: `${final.account}: ${words}`, exchanges: [] })),
  );
}
