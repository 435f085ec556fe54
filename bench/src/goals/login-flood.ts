import { createSeededRandom } from '@tasktracker/seeded-random';
import { type BenchAccount, createBenchAccount } from '../bench-account.ts';
import {
  countOf,
  describeStatuses,
  goodputOf,
  isGood,
  isRefusal,
  latenciesOf,
  percentile,
} from '../load/load-figures.ts';
import { type LoadPlan, type LoadResult, toRawRequest } from '../load/load-plan.ts';
import { readyLoad, runLoad } from '../load/run-load.ts';
import { createListedTasks, loadScenarios } from '../load-scenarios.ts';
import { type Claim, ms, type PressureSizes, times } from './claim.ts';
import type { PressureStack } from './pressure-stack.ts';

const floodFactor = 20;
const goals = { tasks: 1.25, logins: 0.95, refusalMs: 20 };
const tasksPerSecond = 100;
/** So many that none of their addresses comes near its limit of sign-ins. */
const people = 32;
/** Of people's sign-ins that come at the same time. */
const signInsAtOnce = 8;
const mostLogins = 20_000;
/** Longer than a login waits for its hash. */
const drainSeconds = 6;
/** As long as the gateway gives a request. */
const usefulMs = 10_000;

const floods = [
  { name: 'from one address', address: () => '203.0.113.7' },
  {
    name: 'from many addresses',
    address: (below: (limit: number) => number) => `10.${below(256)}.${below(256)}.${below(256)}`,
  },
];

/** What one turn gave: tasks and people's own logins, with or without a flood. */
interface Turn {
  readonly tasks: LoadResult;
  readonly logins: LoadResult;
  readonly flood: LoadResult | undefined;
}

/** People go on working and signing in, at half of what can be hashed, while somebody guesses at twenty times of it. */
export async function measureLoginFlood(stack: PressureStack, sizes: PressureSizes, seed: string): Promise<Claim[]> {
  const { seconds, rounds } = sizes;
  const accounts: BenchAccount[] = [];
  for (let n = 0; n < people; n += 1) accounts.push(await createBenchAccount(stack.url));
  const worker = await createBenchAccount(stack.url);
  await createListedTasks(worker);
  const [list] = loadScenarios;
  const listing = [toRawRequest(list.method, list.path, { authorization: `Bearer ${worker.token}` })];
  const signingIn = accounts.map(({ credentials }, n) =>
    toLogin(credentials, { 'x-forwarded-for': `198.51.100.${n}` }),
  );

  const planOf = (requests: readonly string[], connections: number, ratePerSecond?: number): LoadPlan => ({
    port: stack.port,
    requests,
    connections,
    seconds,
    mostRequests: mostLogins,
    drainSeconds,
    ...(ratePerSecond !== undefined && { ratePerSecond }),
  });
  const signIns = planOf(signingIn, signInsAtOnce);
  await runLoad(signIns); // from now on they are known where they are
  const capacity = goodputOf(await runLoad(signIns), seconds, usefulMs);
  const takeTurn = async (guesses: readonly string[] | undefined): Promise<Turn> => {
    const [work, signIn, guess] = await Promise.all([
      readyLoad(planOf(listing, 256, tasksPerSecond)),
      readyLoad(planOf(signingIn, 256, capacity / 2)),
      guesses && readyLoad(planOf(guesses, 2_048, capacity * floodFactor)),
    ]);
    const [tasks, logins, flood] = await Promise.all([work(), signIn(), guess?.()]);
    return { tasks, logins, flood };
  };

  const guessesOf = floods.map(({ name, address }) => toGuesses(seed, name, address));
  const calm: Turn[] = [];
  const flooded = floods.map((): Turn[] => []);
  for (let round = 0; round < rounds; round += 1) {
    calm.push(await takeTurn(undefined));
    for (const [place, guesses] of guessesOf.entries()) {
      const turn = await takeTurn(guesses);
      console.error(`  flood ${floods[place]?.name}: ${describeStatuses(turn.flood ? [turn.flood] : [])}`);
      flooded[place]?.push(turn);
    }
  }
  return floods.flatMap(({ name }, place) => toClaims(name, capacity, seconds, calm, flooded[place] ?? []));
}

function toClaims(
  name: string,
  capacity: number,
  seconds: number,
  calm: readonly Turn[],
  flooded: readonly Turn[],
): Claim[] {
  const tasksOf = (turns: readonly Turn[]): Float64Array =>
    latenciesOf(
      turns.map(({ tasks }) => tasks),
      isGood,
    );
  const [before, during] = [tasksOf(calm), tasksOf(flooded)];
  const ratio = percentile(during, 0.99) / percentile(before, 0.99);
  const failed = countOf(
    flooded.map(({ tasks }) => tasks),
    (status) => !isGood(status),
  );
  const perSecond = flooded.map(({ logins }) => goodputOf(logins, seconds, usefulMs));
  const share = perSecond.reduce((sum, each) => sum + each, 0) / perSecond.length / (capacity / 2);
  const sent = flooded.flatMap(({ flood }) => flood ?? []);
  const refused = latenciesOf(sent, isRefusal);
  const p99 = percentile(refused, 0.99);
  const flood = `a flood of logins ${name}, ${floodFactor}× of the ${capacity.toFixed(0)} that can be hashed a second`;
  return [
    {
      claim: `tasks’ p99 in ${flood}, against the same without it`,
      goal: `≤ ${times(goals.tasks)}, none fails`,
      figure: `${ms(percentile(before, 0.99))} → ${ms(percentile(during, 0.99))}: ${times(ratio)}, ${failed} failed`,
      count: `${before.length} and ${during.length} lists at ${tasksPerSecond}/s`,
      holds: ratio <= goals.tasks && failed === 0,
    },
    {
      claim: 'people’s own logins in it, sent at half of that capacity',
      goal: `≥ ${times(goals.logins)} of that half`,
      figure: times(share),
      count: describeStatuses(flooded.map(({ logins }) => logins)),
      holds: share >= goals.logins,
    },
    {
      claim: 'its refusals, seen by the client',
      goal: `p99 < ${goals.refusalMs} ms`,
      figure: `p50 ${ms(percentile(refused, 0.5))}, p99 ${ms(p99)}`,
      count: describeStatuses(sent),
      holds: p99 < goals.refusalMs,
    },
  ];
}

/** Each for another name that nobody has. */
function toGuesses(seed: string, name: string, address: (below: (limit: number) => number) => string): string[] {
  const random = createSeededRandom(seed, name);
  return Array.from({ length: mostLogins }, (_, n) =>
    toLogin(
      { username: `nobody-${random.below(2 ** 32).toString(16)}-${n}`, password: `guess-${n}-guess` },
      { 'x-forwarded-for': address((limit) => random.below(limit)) },
    ),
  );
}

function toLogin(
  credentials: { readonly username: string; readonly password: string },
  headers: Readonly<Record<string, string>>,
): string {
  return toRawRequest('POST', '/api/v1/auth/login', headers, JSON.stringify(credentials));
}
