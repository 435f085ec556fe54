// `npm run test:faults`: rounds of work under faults on a stack of its own. Exit code 1 for a broken promise.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCommandLine, readCount, refuse } from '@tasktracker/command-line';
import { newSeed } from '@tasktracker/seeded-random';
import { isFocus } from './clients/habits.ts';
import { impossibleFaults } from './injection/plan-faults.ts';
import { describeFault } from './injection/fault-plan.ts';
import { mutants } from './mutants/mutants.ts';
import { runMutant } from './mutants/run-mutant.ts';
import { describeFinding } from './round/describe-finding.ts';
import { planRound } from './round/plan-round.ts';
import { createRunReport } from './round/run-report.ts';
import { runRound, type RoundPlan, type RoundResult } from './round/run-round.ts';
import { shrink } from './round/shrink.ts';
import { startFaultStack, type FaultStack } from './stack/fault-stack.ts';
import { stopOnSignal } from './stack/stop-on-signal.ts';

const usage = `npm run test:faults -- [--seconds N] [--count N] [--seed HEX] [--rate N] [--focus WHAT] [--mutants [--mutant WORDS]] [--replay FILE]

Breaks a system of two processes of each service while clients work, and holds what they saw against what is there.
  --seconds   how long (480); rounds of about a minute
  --count     until so many are there of what the focus is about, in four hours at most unless --seconds says otherwise:
              acknowledged writes, keys sent more than once, or tasks that are edited at once under If-Match
  --seed      repeats the choices of an earlier run, not its timing
  --rate      how much all clients begin a second (150); a write under a key is sent more than once
  --focus     what clients mostly do: all (some of everything), keys, edits
  --mutants   puts in known bugs instead, one at a time: each must be caught
  --mutant    only those whose name contains this
  --replay    does one round again, from the file that a failure names
`;

const { values } = readCommandLine(usage, {
  options: {
    seconds: { type: 'string' },
    count: { type: 'string' },
    seed: { type: 'string', default: newSeed() },
    rate: { type: 'string', default: '150' },
    focus: { type: 'string', default: 'all' },
    mutants: { type: 'boolean', default: false },
    mutant: { type: 'string', default: '' },
    replay: { type: 'string' },
  },
});
const { seed } = values;
const ratePerSecond = readCount('rate', values.rate, usage);
const count = values.count === undefined ? Infinity : readCount('count', values.count, usage);
const seconds = readCount('seconds', values.seconds ?? (values.count === undefined ? '480' : '14400'), usage);
const roundLoadMs = 50_000;
const focus = isFocus(values.focus) ? values.focus : refuse('--focus takes all, keys or edits.', usage);

process.exitCode = values.mutants ? await catchMutants() : await runRounds();

async function runRounds(): Promise<number> {
  console.log(`Faults with seed ${seed}`);
  const stack = await startFaultStack();
  const ignoreSignals = stopOnSignal(stack);
  let failed = false;
  try {
    const impossible = impossibleFaults(stack);
    if (impossible.length > 0) console.log(`Skipped, because they need Linux or root: ${impossible.join(', ')}`);
    const report = createRunReport();
    const until = performance.now() + seconds * 1_000;
    const isEnough = (): boolean => performance.now() >= until || report.counted(focus) >= count;
    for (let round = 1; !failed && (round === 1 || !isEnough()); round += 1) {
      const loadMs = Math.min(roundLoadMs, seconds * 1_000);
      const settings = { seed: `${seed}-${round}`, focus, ratePerSecond, loadMs };
      const plan = values.replay === undefined ? planRound(stack, settings) : readPlan(values.replay);
      const result = await runRound(stack, plan);
      report.add(result);
      describeRound(round, plan, result);
      if (count < Infinity) console.log(`  ${report.counted(focus)} of ${count} so far`);
      failed = result.findings.length > 0;
      if (failed) await explainFailure(stack, plan, result);
      if (values.replay !== undefined) break;
    }
    console.log(report.lines().join('\n'));
  } finally {
    ignoreSignals();
    await stack.stop({ keepLogs: failed });
  }
  return failed ? 1 : 0;
}

function readPlan(file: string): RoundPlan {
  const plan: RoundPlan = JSON.parse(readFileSync(file, 'utf8'));
  return plan;
}

function describeRound(round: number, plan: RoundPlan, { evidence, findings, recoveries }: RoundResult): void {
  const { length } = evidence.history;
  console.log(`\nRound ${round}, seed ${plan.seed}: ${length} requests, ${findings.length} broken promises`);
  for (const { fault, ms, failed } of recoveries) {
    const again = ms === undefined ? 'not before the next fault' : `after ${ms} ms`;
    console.log(`  ${fault}: ${failed} requests failed, 95 % goodput again ${again}`);
  }
}

/** The seed, the history, and a smaller round that still fails. */
async function explainFailure(stack: FaultStack, plan: RoundPlan, { evidence, findings }: RoundResult): Promise<void> {
  const [first] = findings;
  if (first === undefined) return;
  const historyFile = join(stack.folder, 'history.jsonl');
  writeFileSync(historyFile, evidence.history.map((exchange) => `${JSON.stringify(exchange)}\n`).join(''));
  for (const finding of findings.slice(0, 5)) console.log(`\n${describeFinding(finding)}`);
  console.log(`\nSeed ${plan.seed}; the whole history: ${historyFile}; logs beside it. Looking for a smaller round …`);
  const shrunk = await shrink(plan, first, (smaller) => runRound(stack, smaller), { maxReplays: 12, maxMs: 240_000 });
  const planFile = join(stack.folder, 'round.json');
  writeFileSync(planFile, `${JSON.stringify(shrunk.plan, undefined, 2)}\n`);
  const { accounts, clientsOfEach, loadMs, faults } = shrunk.plan;
  console.log(
    `After ${shrunk.replays} replays: ${accounts * clientsOfEach} clients, ${loadMs} ms, faults: ${faults.map(describeFault).join(', ') || 'none'}`,
  );
  console.log(`${describeFinding(shrunk.finding)}\nDo it again: npm run test:faults -- --replay ${planFile}`);
}

async function catchMutants(): Promise<number> {
  let alive = 0;
  const chosen = mutants.filter(({ name }) => name.includes(values.mutant));
  console.log(`Mutants with seed ${seed}\n`);
  for (const mutant of chosen) {
    const { finding, rounds } = await runMutant(mutant, seed, ratePerSecond);
    if (finding === undefined) alive += 1;
    const verdict = finding === undefined ? 'NOT CAUGHT' : `caught by ${finding.checker}: ${finding.words}`;
    console.log(`${mutant.name}: ${verdict} (${rounds} of 3 rounds)`);
  }
  console.log(`\n${chosen.length - alive} of ${chosen.length} caught`);
  return alive === 0 && chosen.length > 0 ? 0 : 1;
}
