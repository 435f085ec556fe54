import type { Goal } from './goal.ts';
import { growth } from './growth.ts';
import { gatewayCost } from './p1-gateway-cost.ts';
import { gatewayLatency } from './p2-gateway-latency.ts';
import { repositoryCalls } from './p3-repository-calls.ts';
import { byHand } from './p4-by-hand.ts';
import { otherLanguages } from './p5-other-languages.ts';
import { deepPages } from './p6-deep-pages.ts';
import { exactCounts } from './p7-exact-counts.ts';
import { durableCreate } from './p8-durable-create.ts';
import { loginFlood } from './p9-login-flood.ts';
import { startAndSize } from './p10-start-and-size.ts';

/** All of them, in the order of their numbers. */
export const goals: readonly Goal[] = [
  gatewayCost,
  gatewayLatency,
  repositoryCalls,
  byHand,
  otherLanguages,
  deepPages,
  exactCounts,
  durableCreate,
  loginFlood,
  startAndSize,
];

/** What is measured only when it is asked for by its name. */
export const experiments: readonly Goal[] = [growth];
