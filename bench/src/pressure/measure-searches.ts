import { Client } from 'pg';
import { createBenchAccount } from '../bench-account.ts';
import { countOf, describeStatuses, isGood, latenciesOf, percentile } from '../load/load-figures.ts';
import { type LoadPlan, type LoadResult, toRawRequest } from '../load/load-plan.ts';
import { readyLoad, runLoad } from '../load/run-load.ts';
import { createListedTasks, loadScenarios } from '../load-scenarios.ts';
import { loadTasks } from '../task-loader.ts';
import { type Claim, ms, type PressureSizes, times } from './claim.ts';
import type { PressureStack } from './pressure-stack.ts';

const searches = 12;
const searchedTasks = 20_000;
const goalMs = 50;
const goalMedian = 2;
const listsPerSecond = 50;

/** Twelve at a time of the dearest searches, two letters that no task has, beside somebody who lists twenty tasks. */
export async function measureSearches(stack: PressureStack, { seconds, rounds }: PressureSizes): Promise<Claim[]> {
  const database = new Client({ connectionString: stack.taskDatabaseUrl });
  await database.connect();
  const searcher = await createBenchAccount(stack.url);
  const other = await createBenchAccount(stack.url);
  await loadTasks(database, searcher.id, searchedTasks);
  await createListedTasks(other);

  const [list] = loadScenarios;
  const listing = toRawRequest(list.method, list.path, { authorization: `Bearer ${other.token}` });
  const searching = toRawRequest('GET', '/api/v1/tasks?search=zq', { authorization: `Bearer ${searcher.token}` });
  const load = { port: stack.port, seconds, mostRequests: 20_000 };
  const lists: LoadPlan = { ...load, requests: [listing], connections: 256, ratePerSecond: listsPerSecond };
  const calm: LoadResult[] = [];
  const beside: LoadResult[] = [];
  const searched: LoadResult[] = [];
  for (let round = 0; round < rounds; round += 1) {
    calm.push(await runLoad(lists));
    const [sendLists, search] = await Promise.all([
      readyLoad(lists),
      readyLoad({ ...load, requests: [searching], connections: searches }),
    ]);
    const [others, found] = await Promise.all([sendLists(), search()]);
    beside.push(others);
    searched.push(found);
  }
  await database.end();
  return [toClaim(calm, beside, searched)];
}

function toClaim(calm: readonly LoadResult[], beside: readonly LoadResult[], searched: readonly LoadResult[]): Claim {
  const [before, during] = [latenciesOf(calm, isGood), latenciesOf(beside, isGood)];
  const median = percentile(during, 0.5) / percentile(before, 0.5);
  const p99 = percentile(during, 0.99);
  const failed = countOf(beside, (status) => !isGood(status));
  const change = (share: number): string => `${ms(percentile(before, share))} → ${ms(percentile(during, share))}`;
  return {
    claim: `others’ lists beside ${searches} searches of two letters at a time, in ${searchedTasks} tasks of one account`,
    goal: `p50 ≤ ${times(goalMedian)}, p99 < ${goalMs} ms, none fails`,
    figure: `p50 ${change(0.5)}: ${times(median)}, p99 ${change(0.99)}, ${failed} failed`,
    count: `${before.length} and ${during.length} lists at ${listsPerSecond}/s; searches: ${describeStatuses(searched)}`,
    holds: median <= goalMedian && p99 < goalMs && failed === 0,
  };
}
