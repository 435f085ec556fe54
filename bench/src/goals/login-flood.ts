import { createSeededRandom } from '@tasktracker/seeded-random';
import { createBenchAccount, type BenchAccount } from '../bench-account.ts';
import type { Contender } from '../harness/turns.ts';
import { countOf, goodputOf, isGood, isRefusal, latenciesOf, percentile } from '../load/load-figures.ts';
import { toRawRequest, type LoadPlan, type LoadResult } from '../load/load-plan.ts';
import { readyLoad, runLoad } from '../load/run-load.ts';
import { createListedTasks, loadScenarios } from '../load-scenarios.ts';
import type { PressureStack } from '../pressure/pressure-stack.ts';

export const floodFactor = 20;
export const tasksPerSecond = 100;
/** So many that none of their addresses comes near its limit of sign-ins. */
const people = 32;
/** Of people's sign-ins that come at the same time. */
const signInsAtOnce = 8;
const mostLogins = 20_000;
/** Of each kind, before anything is measured: code that has not run this often is not compiled yet, and costs twice as much. */
const warmRequests = 3_000;
const warmSeconds = 30;
const warmConnections = 64;
/** Longer than a login waits for its hash. */
const drainSeconds = 6;
/** As long as the gateway gives a request. */
const usefulMs = 10_000;

export interface FloodTurn {
  readonly tasksP99Ms: number;
  readonly failedTasks: number;
  /** People's logins that succeeded, as a part of those that they sent: half of what can be hashed. */
  readonly loginShare: number;
  /** NaN where nothing was refused, so without a flood. */
  readonly refusalsP99Ms: number;
}

const fromAnywhere = (below: (limit: number) => number): string => `10.${below(256)}.${below(256)}.${below(256)}`;

export const floods = [
  { name: 'from one address', address: () => '203.0.113.7' },
  { name: 'from many addresses', address: fromAnywhere },
];

/** Its names are tried by no other. */
const warming = { name: 'before all others', address: fromAnywhere };

export interface FloodScene {
  /** Successful logins in a second, with nothing else going on. */
  readonly capacity: number;
  /** People work and sign in at half of that capacity; `flood` is one of those above, if somebody guesses meanwhile. */
  contender(name: string, flood?: (typeof floods)[number]): Contender<FloodTurn>;
}

/** `seconds`: for finding what can be hashed. */
export async function setFloodScene(stack: PressureStack, seconds: number): Promise<FloodScene> {
  const accounts: BenchAccount[] = [];
  for (let n = 0; n < people; n += 1) accounts.push(await createBenchAccount(stack.url));
  const worker = await createBenchAccount(stack.url);
  await createListedTasks(worker);
  const [list] = loadScenarios;
  const listing = [toRawRequest(list.method, list.path, { authorization: `Bearer ${worker.token}` })];
  const signingIn = accounts.map(({ credentials }, n) =>
    toLogin(credentials, { 'x-forwarded-for': `198.51.100.${n}` }),
  );
  const planOf = (requests: readonly string[], length: number, connections: number, rate?: number): LoadPlan => ({
    port: stack.port,
    requests,
    connections,
    seconds: length,
    mostRequests: mostLogins,
    drainSeconds,
    // The load comes as from a proxy, which says where each request is from, and keeps connections.
    ...(rate !== undefined && { ratePerSecond: rate, opened: connections / 4 }),
  });
  for (const requests of [listing, toGuesses(warming)]) {
    await runLoad({ ...planOf(requests, warmSeconds, warmConnections), mostRequests: warmRequests });
  }
  const signIns = planOf(signingIn, seconds, signInsAtOnce);
  await runLoad(signIns); // from now on they are known where they are
  const capacity = goodputOf(await runLoad(signIns), seconds, usefulMs);
  return {
    capacity,
    contender(name, flood) {
      const guesses = flood && toGuesses(flood);
      return {
        name,
        async run(length) {
          const [work, signIn, guess] = await Promise.all([
            readyLoad(planOf(listing, length, 256, tasksPerSecond)),
            readyLoad(planOf(signingIn, length, 256, capacity / 2)),
            guesses && readyLoad(planOf(guesses, length, 2_048, capacity * floodFactor)),
          ]);
          const [tasks, logins, refusals] = await Promise.all([work(), signIn(), guess?.()]);
          const sent = Math.floor((capacity / 2) * length);
          return {
            tasksP99Ms: percentile(latenciesOf([tasks], isGood), 0.99),
            failedTasks: countOf([tasks], (status) => !isGood(status)) + tasks.unsent,
            loginShare: countOf([logins], isGood) / sent,
            refusalsP99Ms: refusals ? percentile(untilRefused(refusals), 0.99) : Number.NaN,
          };
        },
      };
    },
  };
}

/** Of each guess: one that was not answered, or never sent for want of a connection, took forever. */
function untilRefused(result: LoadResult): number[] {
  const unanswered = countOf([result], (status) => status === 0) + result.unsent;
  return [...latenciesOf([result], isRefusal), ...Array.from({ length: unanswered }, () => Number.POSITIVE_INFINITY)];
}

/** Each for another name that nobody has. Made before the flood, so that sending them costs little. */
function toGuesses({ name, address }: (typeof floods)[number]): string[] {
  const random = createSeededRandom('flood', name);
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
