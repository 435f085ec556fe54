import type { Finding } from '../checkers/finding.ts';
import { planFaults } from '../injection/plan-faults.ts';
import { runRound } from '../round/run-round.ts';
import { createSeededRandom } from '@tasktracker/seeded-random';
import { startFaultStack } from '../stack/fault-stack.ts';
import { stopOnSignal } from '../stack/stop-on-signal.ts';
import type { Mutant } from './mutant.ts';

export interface MutantVerdict {
  /** The first finding by a checker that may catch it; undefined: it lives. */
  readonly finding: Finding | undefined;
  readonly rounds: number;
}

const mutateSource = new URL('mutate-source.ts', import.meta.url).href;
const mostRounds = 3;
const loadMs = 15_000;

/** Runs rounds on a stack with the bug until a checker tells. @throws Error if no process has loaded it. */
export async function runMutant(mutant: Mutant, seed: string, ratePerSecond: number): Promise<MutantVerdict> {
  const mutated = new Set<unknown>();
  const stack = await startFaultStack({
    preloads: [mutateSource],
    env: { FAULTS_MUTANT: mutant.name },
    sql: mutant.sql ?? {},
    onMessage: (message) => {
      if (typeof message === 'object' && message !== null && 'mutated' in message) mutated.add(message.mutated);
    },
  });
  const ignoreSignals = stopOnSignal(stack);
  try {
    const missing = mutant.patches.filter(({ file }) => !mutated.has(file));
    if (missing.length > 0) throw new Error(`no process has loaded ${missing.map(({ file }) => file).join(', ')}`);
    for (let round = 1; round <= mostRounds; round += 1) {
      const roundSeed = `${seed}-${round}`;
      const random = createSeededRandom(roundSeed, 'plan');
      const schedule = {
        fromMs: 2_000,
        toMs: loadMs - 4_000,
        pauseMs: 1_500,
        kinds: mutant.faults,
        targets: mutant.targets,
      };
      const faults = planFaults(stack, random, schedule);
      const plan = {
        seed: roundSeed,
        accounts: 4,
        clientsOfEach: 3,
        ratePerSecond,
        loadMs,
        focus: mutant.focus ?? 'all',
        faults,
      };
      const { findings } = await runRound(stack, plan);
      const finding = findings.find(({ checker }) => mutant.caughtBy.includes(checker));
      if (finding !== undefined) return { finding, rounds: round };
    }
    return { finding: undefined, rounds: mostRounds };
  } finally {
    ignoreSignals();
    await stack.stop();
  }
}
