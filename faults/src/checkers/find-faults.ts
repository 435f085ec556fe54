import type { Exchange } from '../history/exchange.ts';
import type { FinalState } from '../history/final-state.ts';
import type { InjectedFault } from '../injection/fault-plan.ts';
import { findCounterFaults } from './find-counter-faults.ts';
import { findCreateFaults } from './find-create-faults.ts';
import { findDeltaFaults, type FollowedCopy } from './find-delta-faults.ts';
import { findEditFaults } from './find-edit-faults.ts';
import { findKeyFaults } from './find-key-faults.ts';
import { findSessionFaults } from './find-session-faults.ts';
import { findVersionFaults } from './find-version-faults.ts';
import type { Finding } from './finding.ts';

/** All that a round has left behind. */
export interface Evidence {
  readonly history: readonly Exchange[];
  readonly finals: readonly FinalState[];
  readonly copies: readonly FollowedCopy[];
  readonly faults: readonly InjectedFault[];
}

/** Every promise that the evidence breaks. */
export function findFaults({ history, finals, copies, faults }: Evidence): Finding[] {
  return [
    ...findCreateFaults(history, finals),
    ...findCounterFaults(finals),
    ...findEditFaults(history, finals),
    ...findVersionFaults(history, finals),
    ...findKeyFaults(history),
    ...findDeltaFaults(copies, finals),
    ...findSessionFaults(history, faults),
  ];
}
