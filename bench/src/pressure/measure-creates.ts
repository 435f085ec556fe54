import { randomUUID } from 'node:crypto';
import { type BenchAccount, createBenchAccount } from '../bench-account.ts';
import { takeTurns } from '../harness/turns.ts';
import { describeStatuses } from '../load/load-figures.ts';
import { toRawRequest } from '../load/load-plan.ts';
import { runLoad } from '../load/run-load.ts';
import { loadScenarios } from '../load-scenarios.ts';
import { median, medianRatio } from '../interval.ts';
import { type Claim, type PressureSizes } from './claim.ts';
import { type PressureStack, startPressureStack } from './pressure-stack.ts';

const connections = 8;
/** Each key is sent once. */
const mostPerSecond = 4_000;
const goal = 1.1;
const same = 0.03;

interface Contender {
  readonly name: string;
  readonly stack: PressureStack;
  readonly account: BenchAccount;
  readonly isKeyed: boolean;
}

/** CPU per request in µs by process, `all` being their sum. */
type Cost = Readonly<Record<string, number>>;

/**
 * What creating a task costs, with and without a key, and in another tree without: they take turns, each round begins
 * with another one. Once more without a key is the measure of the machine.
 */
export async function measureCreates(stack: PressureStack, sizes: PressureSizes, before?: string): Promise<Claim[]> {
  const older = before === undefined ? undefined : await startPressureStack({ tree: before });
  try {
    const account = await createBenchAccount(stack.url);
    const contenders: Contender[] = [
      { name: 'without a key', stack, account, isKeyed: false },
      { name: 'without a key, again', stack, account, isKeyed: false },
      { name: 'with a key', stack, account, isKeyed: true },
    ];
    if (older !== undefined) {
      contenders.push({ name: 'before', stack: older, account: await createBenchAccount(older.url), isKeyed: false });
    }
    const costs = await takeTurns(
      contenders.map((contender) => ({ name: contender.name, run: (seconds: number) => measure(contender, seconds) })),
      sizes,
    );
    return toClaims(costs, sizes);
  } finally {
    await older?.stop();
  }
}

async function measure({ stack, account, isKeyed }: Contender, seconds: number): Promise<Cost> {
  const [, create] = loadScenarios;
  const authorization = `Bearer ${account.token}`;
  const toRequest = (key: Readonly<Record<string, string>>): string =>
    toRawRequest(create.method, create.path, { authorization, ...key }, create.body);
  const mostRequests = mostPerSecond * seconds;
  const requests = isKeyed
    ? Array.from({ length: mostRequests }, () => toRequest({ 'idempotency-key': randomUUID() }))
    : [toRequest({})];
  const before = stack.cpuMs();
  const result = await runLoad({ port: stack.port, requests, connections, seconds, mostRequests });
  const after = stack.cpuMs();
  const created = result.statuses.filter((status) => status === 201).length;
  if (created !== result.statuses.length) throw new Error(`creates were answered ${describeStatuses([result])}`);
  const cost = Object.keys(after).map((name) => [name, (((after[name] ?? 0) - (before[name] ?? 0)) * 1_000) / created]);
  const byProcess: Record<string, number> = Object.fromEntries(cost);
  return { ...byProcess, all: Object.values(byProcess).reduce((sum, each) => sum + each, 0), requests: created };
}

function toClaims(costs: ReadonlyMap<string, readonly Cost[]>, { rounds, seconds }: PressureSizes): Claim[] {
  const [base, again, keyed, older] = [...costs.values()];
  const count = `${rounds} rounds of ${seconds} s each, ${connections} connections`;
  const toClaim = (
    name: string,
    from: readonly Cost[],
    to: readonly Cost[],
    limits?: readonly [number, number],
  ): Claim => {
    const pairs = from.map((cost, round): [number, number] => [cost['all'] ?? NaN, to[round]?.['all'] ?? NaN]);
    const { value: ratio, low, high } = medianRatio(pairs);
    const [least, most] = limits ?? [0, Infinity];
    return {
      claim: `CPU of a create ${name}`,
      goal:
        limits === undefined
          ? '—'
          : least > 0
            ? `${least}–${most}, or the rows below are void`
            : `≤ ${most.toFixed(2)}×`,
      figure: `${ratio.toFixed(3)}× (95 %: ${low.toFixed(3)}–${high.toFixed(3)}); ${describe(from)} → ${describe(to)}`,
      count,
      holds: limits && (least > 0 ? ratio >= least && ratio <= most : high <= most),
    };
  };
  const claims: Claim[] = [];
  if (base && again) claims.push(toClaim('against itself (A/A)', base, again, [1 - same, 1 + same]));
  if (base && keyed) claims.push(toClaim('with an Idempotency-Key, against without', base, keyed));
  if (base && older) {
    claims.push(toClaim('without a key, against the older tree', older, base, [0, goal]));
    if (keyed) claims.push(toClaim('with a key, against the older tree', older, keyed));
  }
  return claims;
}

/** `1,020 µs (gateway 300, postgres 400, …)`: medians of the rounds. */
function describe(costs: readonly Cost[]): string {
  const of = (name: string): string => median(costs.map((cost) => cost[name] ?? NaN)).toFixed(0);
  const names = Object.keys(costs[0] ?? {}).filter((name) => name !== 'all' && name !== 'requests');
  return `${of('all')} µs (${names.map((name) => `${name} ${of(name)}`).join(', ')})`;
}
