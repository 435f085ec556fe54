import { createBenchAccount } from '../bench-account.ts';
import { countOf, describeStatuses, goodputOf, isRefusal, latenciesOf, percentile } from '../load/load-figures.ts';
import { type LoadResult, toRawRequest } from '../load/load-plan.ts';
import { runLoad } from '../load/run-load.ts';
import { createListedTasks, loadScenarios } from '../load-scenarios.ts';
import { type Claim, ms, type PressureSizes } from './claim.ts';
import { logDurations, logLength } from './log-durations.ts';
import type { PressureStack } from './pressure-stack.ts';

const factors = [1, 2, 5, 10];
const goalOfPeak = 0.9;
const goalRefusalMs = 10;
/** A list that comes later is of no use to anybody. */
const usefulMs = 2_000;
/** More than the gateway takes in at once, so that it has to refuse. */
const connections = 2_048;
/** So that the next load finds nothing of the one before. */
const drainSeconds = 8;

/** Lists of 20 at and beyond what the system can do at most. */
export async function measureGoodput(stack: PressureStack, { seconds }: PressureSizes): Promise<Claim[]> {
  const account = await createBenchAccount(stack.url);
  await createListedTasks(account);
  const [list] = loadScenarios;
  const request = toRawRequest(list.method, list.path, { authorization: `Bearer ${account.token}` });
  const plan = { port: stack.port, requests: [request], seconds, mostRequests: 200_000 };
  const peakNow = async (): Promise<number> =>
    goodputOf(await runLoad({ ...plan, connections: 64 }), seconds, usefulMs);

  await peakNow(); // warm
  const peak = await peakNow();
  const logFrom = logLength(stack.gatewayLog);
  const loads: { factor: number; share: number; result: LoadResult }[] = [];
  for (const factor of factors) {
    const result = await runLoad({ ...plan, ratePerSecond: peak * factor, connections, drainSeconds });
    loads.push({ factor, share: goodputOf(result, seconds, usefulMs) / peak, result });
    console.error(`  ${factor}× of ${peak.toFixed(0)}/s: ${describeStatuses([result])}`);
  }
  const peakAfter = await peakNow();
  const logged = logDurations(stack.gatewayLog, logFrom, 503);

  const results = loads.map(({ result }) => result);
  const refused = latenciesOf(results, isRefusal);
  const withoutTime = results.flatMap(({ statuses, saysWhen }) =>
    [...statuses].filter((status, place) => isRefusal(status) && saysWhen[place] !== 1),
  ).length;
  const requests = results.reduce((sum, { statuses, unsent }) => sum + statuses.length + unsent, 0);
  const unanswered = countOf(results, (status) => status === 0) + results.reduce((sum, { unsent }) => sum + unsent, 0);
  const atClient = percentile(refused, 0.99);
  const inLog = percentile(logged, 0.99);
  return [
    {
      claim: `goodput beyond the peak of ${peak.toFixed(0)} lists of 20 a second (${peakAfter.toFixed(0)} afterwards)`,
      goal: `≥ ${goalOfPeak}× of the peak`,
      figure: loads.map(({ factor, share }) => `${factor}×: ${share.toFixed(2)}`).join(', '),
      count: `${requests} requests, ${unanswered} without an answer`,
      holds: loads.every(({ share }) => share >= goalOfPeak),
    },
    {
      claim: 'refusals in that load, seen by the client from the intended start (load and system share the cores)',
      goal: `p99 ≤ ${goalRefusalMs} ms, Retry-After on each`,
      figure: `p50 ${ms(percentile(refused, 0.5))}, p99 ${ms(atClient)}, ${withoutTime} without Retry-After`,
      count: `${refused.length} refusals`,
      holds: refused.length > 0 && atClient <= goalRefusalMs && withoutTime === 0,
    },
    {
      claim: 'the same refusals in the gateway’s log, from the head of the request to the end of the answer',
      goal: `p99 ≤ ${goalRefusalMs} ms`,
      figure: `p50 ${ms(percentile(logged, 0.5))}, p99 ${ms(inLog)}`,
      count: `${logged.length} lines`,
      holds: logged.length > 0 && inLog <= goalRefusalMs,
    },
  ];
}
