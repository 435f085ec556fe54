import type { FaultProxy } from '../proxy/fault-proxy.ts';
import type { SeededRandom } from '@tasktracker/seeded-random';
import type { FaultStack } from '../stack/fault-stack.ts';
import type { Replica } from '../stack/replica.ts';

/** What can be broken, and how it is made whole again. */
export interface FaultKind {
  /** What it may hit; none: it can't be done here. */
  readonly targets: (stack: FaultStack) => readonly string[];
  /** How long it lasts, from and to. */
  readonly holdMs: readonly [number, number];
  /** How often it is chosen, relative to the others. */
  readonly weight: number;
  readonly begin: (stack: FaultStack, target: string, random: SeededRandom) => Undo | Promise<Undo>;
}

type Undo = () => void | Promise<void>;

const nothing: Undo = () => {};
const replicas = ({ replicas: all }: FaultStack): readonly string[] => all.map(({ name }) => name);
const ways = ({ proxies }: FaultStack): readonly string[] => [...proxies.keys()];
const databaseWays = (stack: FaultStack): readonly string[] => ways(stack).filter((way) => way.endsWith('-database'));
const apps = (stack: FaultStack): readonly string[] => [...new Set(stack.replicas.map(({ app }) => app))];
const one = (): readonly string[] => [''];
const onLinux = (): readonly string[] => (process.platform === 'linux' ? [''] : []);

const killProcess: FaultKind = {
  targets: replicas,
  holdMs: [0, 0],
  weight: 4,
  begin: (stack, target) => {
    replica(stack, target).kill();
    return nothing;
  },
};

const killBoth: FaultKind = {
  targets: apps,
  holdMs: [0, 0],
  weight: 1,
  begin: (stack, target) => {
    for (const each of stack.replicas) if (each.app === target) each.kill();
    return nothing;
  },
};

const freezeProcess: FaultKind = {
  targets: replicas,
  holdMs: [500, 4_000],
  weight: 3,
  begin: (stack, target) => replica(stack, target).freeze(),
};

/** Beyond the minute that a token's times may be ahead, and within it. */
const clockShifts = [-3_600_000, -45_000, 45_000, 3_600_000];

const jumpClock: FaultKind = {
  targets: replicas,
  holdMs: [1_000, 3_000],
  weight: 2,
  begin: (stack, target, random) => {
    const hit = replica(stack, target);
    hit.shiftClock(random.pick(clockShifts));
    return () => hit.shiftClock(0);
  },
};

const stopPostgres: FaultKind = {
  targets: one,
  holdMs: [100, 2_000],
  weight: 3,
  begin: ({ postgres }) => postgres.stopAtOnce(),
};

const killBackend: FaultKind = {
  targets: databaseWays,
  holdMs: [0, 0],
  weight: 2,
  begin: ({ postgres }, target) => {
    postgres.killBackend(`${target.replace('-database', '')}_app`);
    return nothing;
  },
};

const freezePostgres: FaultKind = {
  targets: onLinux,
  holdMs: [500, 3_000],
  weight: 1,
  begin: ({ postgres }) => postgres.freeze(),
};

const fillDisk: FaultKind = {
  targets: ({ disk }) => (disk === undefined ? [] : ['']),
  holdMs: [1_000, 3_000],
  weight: 1,
  begin: ({ disk }) => disk?.fill() ?? nothing,
};

const cutConnections: FaultKind = {
  targets: ways,
  holdMs: [0, 0],
  weight: 3,
  begin: (stack, target) => {
    proxy(stack, target).cut();
    return nothing;
  },
};

const refuseConnections: FaultKind = {
  targets: ways,
  holdMs: [200, 2_000],
  weight: 2,
  begin: async (stack, target) => {
    const undo = await proxy(stack, target).refuse();
    proxy(stack, target).cut();
    return undo;
  },
};

const stallConnections: FaultKind = {
  targets: ways,
  holdMs: [500, 3_000],
  weight: 2,
  begin: (stack, target) => proxy(stack, target).stall(),
};

const loseEnd: FaultKind = {
  targets: ways,
  holdMs: [500, 3_000],
  weight: 3,
  begin: (stack, target, random) => proxy(stack, target).halfOpen(random.pick(['caller', 'target'])),
};

const delayData: FaultKind = {
  targets: ways,
  holdMs: [1_000, 3_000],
  weight: 2,
  begin: (stack, target, random) => proxy(stack, target).delay(20 + random.below(200)),
};

const cutAnswers: FaultKind = {
  targets: ways,
  holdMs: [1_000, 3_000],
  weight: 6,
  begin: (stack, target, random) => proxy(stack, target).cutWrittenAnswers(() => random.chance(0.3)),
};

/** By their names in plans and reports. */
export const faultKinds: Readonly<Record<string, FaultKind>> = {
  'kill -9': killProcess,
  'kill -9 of both': killBoth,
  SIGSTOP: freezeProcess,
  'clock jump': jumpClock,
  'Postgres stopped at once': stopPostgres,
  'kill -9 of a backend': killBackend,
  'SIGSTOP of Postgres': freezePostgres,
  'full disk': fillDisk,
  'cut connections': cutConnections,
  'refused connections': refuseConnections,
  'stalled connections': stallConnections,
  'half-open connections': loseEnd,
  'slow connections': delayData,
  'commit, then cut the answer': cutAnswers,
};

function replica({ replicas: all }: FaultStack, name: string): Replica {
  return named(
    all.find((each) => each.name === name),
    name,
  );
}

function proxy({ proxies }: FaultStack, name: string): FaultProxy {
  return named(proxies.get(name), name);
}

function named<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`the stack has no ${name}`);
  return found;
}
