import { medianInterval, type Interval } from '../interval.ts';
import { isGood, percentile } from '../load/load-figures.ts';
import { toRawRequest } from '../load/load-plan.ts';
import { runLoad } from '../load/run-load.ts';
import {
  compare,
  faultOfMachine,
  medianOf,
  takeTurns,
  type Contender,
  type MachineFault,
  type Turns,
} from '../harness/turns.ts';
import { runWrk } from '../harness/wrk.ts';
import { startGatewayContenders, type GatewayContenders } from './gateway-contenders.ts';
import type { Goal, Limit, Row, Run } from './goal.ts';
import { faultOf } from './ratio-row.ts';

/** Of the load that finds the peak. */
const peakConnections = 16;
/** So many that an arrival hardly ever waits for a free one. */
const connections = 256;
/** Of the most that the gateway answers. */
const share = 0.3;
const plottedShares = [0.1, 0.3, 0.5, 0.7, 0.85];
/** More than a load at the peak of any contender sends in a minute. */
const mostRequests = 2_000_000;
const limits = { p50Ms: 0.15, p99Ms: 0.6 };
/** A run that differs from itself by more than this part of a limit does not tell whether it is kept. */
const certainty = 0.1;

interface LatencyTurn {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the load itself. */
  readonly sentLateP99Ms: number;
}

type Percentile = keyof typeof limits;

/**
 * What the gateway adds to a service's answer. Arrivals are constant, whatever comes back, and a latency counts from the
 * moment at which its request was meant to be sent. The service shares the gateway's core, which costs the gateway a
 * little: so the load has the other one to itself and is as precise as it can be.
 */
export const gatewayLatency: Goal = {
  id: 'P2',
  title: 'what the gateway adds to an answer’s time',
  async measure(run) {
    const contenders = await startGatewayContenders({ isServiceMeasured: true, isAlone: true });
    try {
      const { gateway, servicePort, headers, path } = contenders;
      const url = `http://127.0.0.1:${gateway.port}${path}`;
      const { requestsPerSecond: peak } = await runWrk({
        url,
        headers,
        connections: peakConnections,
        seconds: run.sizes.warmSeconds ?? run.sizes.seconds,
      });
      const rate = peak * share;
      const service = { ...toContender('service', servicePort, rate, contenders), isSteady: true };
      const turns = await takeTurns(
        [service, toContender('gateway', gateway.port, rate, contenders), { ...service, name: 'service again' }],
        run.sizes,
      );
      if (!run.isQuick) await plotLatencies(run, peak, contenders);
      return toRows(turns, peak);
    } finally {
      await contenders.stop();
    }
  },
};

function toRows(turns: Turns<LatencyTurn>, peak: number): Row[] {
  const toRow = (figure: Percentile, other: string, limit?: Limit): Row => {
    const [from, to] = ['service', other].map((name) => medianOf(turns, figure, name).toFixed(3));
    return {
      name: `${figure === 'p50Ms' ? 'p50' : 'p99'} at ${share * 100} % of the peak: ${other}`,
      peer: 'service',
      figure: `${from} → ${to} ms, peak ${peak.toFixed(0)}/s`,
      value: difference(turns, figure, ['service', other]),
      unit: 'ms',
      ...(limit && { limit }),
      ...faultOf(limit && faultOfTurns(turns, figure)),
    };
  };
  const lateness = [...turns.values()].flatMap((each) => each.map(({ sentLateP99Ms }) => sentLateP99Ms));
  return [
    toRow('p50Ms', 'gateway', { atMost: limits.p50Ms }),
    toRow('p99Ms', 'gateway', { atMost: limits.p99Ms }),
    toRow('p50Ms', 'service again'),
    toRow('p99Ms', 'service again'),
    {
      name: 'the load itself: sent too late, p99',
      peer: '',
      figure: '',
      value: medianInterval(lateness),
      unit: 'ms',
    },
  ];
}

/** A median may not move by more than 3 %; a p99 of so short a time always does, but must tell its limit. */
function faultOfTurns(turns: Turns<LatencyTurn>, figure: Percentile): MachineFault | string | undefined {
  const twice = ['service', 'service again'] as const;
  const fault = faultOfMachine(compare(turns, 'p50Ms', twice));
  if (fault !== undefined || figure === 'p50Ms') return fault;
  const { value } = difference(turns, figure, twice);
  if (Math.abs(value) <= limits[figure] * certainty) return undefined;
  return `p99 of the same service twice differed by ${value.toFixed(3)} ms: too much else runs here`;
}

/** Of one contender's figure to another's, pair by pair, in ms. */
function difference(turns: Turns<LatencyTurn>, figure: Percentile, [base, other]: readonly [string, string]): Interval {
  const others = turns.get(other) ?? [];
  return medianInterval(
    (turns.get(base) ?? []).map((turn, round) => (others[round]?.[figure] ?? Number.NaN) - turn[figure]),
  );
}

async function plotLatencies(run: Run, peak: number, contenders: GatewayContenders): Promise<void> {
  const { gateway, nginx, servicePort } = contenders;
  const ports = { gateway: gateway.port, nginx: nginx.port, service: servicePort };
  const turns = new Map<string, { load: number; turn: LatencyTurn }[]>();
  for (const load of plottedShares) {
    for (const [name, port] of Object.entries(ports)) {
      const turn = await toContender(name, port, peak * load, contenders).run(run.sizes.seconds / 2);
      turns.set(name, [...(turns.get(name) ?? []), { load, turn }]);
    }
  }
  const lines = [...turns].flatMap(([name, measured]) =>
    (['p50Ms', 'p99Ms'] as const).map((figure) => ({
      name: `${name}, ${figure === 'p50Ms' ? 'p50' : 'p99'}`,
      points: measured
        .map(({ load, turn }) => [load * 100, turn[figure]] as const)
        .filter(([, latency]) => Number.isFinite(latency)),
    })),
  );
  run.plot({
    name: 'latency-over-load',
    title: `Latency over load; the gateway’s peak is ${peak.toFixed(0)} requests/s`,
    x: { label: 'load, % of the gateway’s peak' },
    y: { label: 'latency, ms', isLogarithmic: true },
    lines,
  });
}

function toContender(
  name: string,
  port: number,
  ratePerSecond: number,
  { path, headers }: GatewayContenders,
): Contender<LatencyTurn> {
  const requests = [toRawRequest('GET', path, headers)];
  return {
    name,
    async run(seconds) {
      const { statuses, latenciesMs, sentLateMs, unsent } = await runLoad({
        port,
        requests,
        ratePerSecond,
        spins: true,
        connections,
        seconds,
        mostRequests,
      });
      const failed = statuses.filter((status) => !isGood(status)).length;
      if (failed > 0) throw new Error(`${name}: ${failed} requests failed`);
      // What was never sent would have come last.
      const latencies = [...latenciesMs, ...Array.from({ length: unsent }, () => Infinity)];
      return {
        p50Ms: percentile(latencies, 0.5),
        p99Ms: percentile(latencies, 0.99),
        sentLateP99Ms: percentile(sentLateMs, 0.99),
      };
    },
  };
}
