import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSeededRandom } from '@tasktracker/seeded-random';
import { Client } from 'pg';
import { createBenchAccount } from '../bench-account.ts';
import { countOf, describeStatuses, isGood, latenciesOf, percentile } from '../load/load-figures.ts';
import { type LoadResult, toRawRequest } from '../load/load-plan.ts';
import { runLoad } from '../load/run-load.ts';
import { createListedTasks, loadScenarios } from '../load-scenarios.ts';
import { loadLargeTasks } from '../task-loader.ts';
import { type Claim, ms, type PressureSizes } from './claim.ts';
import type { PressureStack } from './pressure-stack.ts';
import type { SlowSocket, SlowSocketNews, SlowSocketPlan } from './slow-socket-plan.ts';

const ofEachKind = 50;
const goalMs = 50;
const listsPerSecond = 100;
/** Large pages are few at a time: nobody opens all of them at once. */
const openWithinMs = 8_000;
/** If they are not all open by then, those that are will do. */
const longestOpeningMs = 20_000;
const slowProcess = fileURLToPath(new URL('slow-socket-process.ts', import.meta.url));

/** Somebody lists twenty tasks while 200 connections send or take very little. */
export async function measureSlowSockets(stack: PressureStack, sizes: PressureSizes, seed: string): Promise<Claim[]> {
  const { seconds, rounds } = sizes;
  const database = new Client({ connectionString: stack.taskDatabaseUrl });
  await database.connect();
  const other = await createBenchAccount(stack.url);
  const slow = await createBenchAccount(stack.url);
  await createListedTasks(other);
  // More than the kernel keeps for a reader.
  await loadLargeTasks(database, slow.id, 500);
  const [list] = loadScenarios;
  const listing = toRawRequest(list.method, list.path, { authorization: `Bearer ${other.token}` });
  const load = { port: stack.port, requests: [listing], connections: 256, mostRequests: 20_000, seconds };
  const lists = (): Promise<LoadResult> => runLoad({ ...load, ratePerSecond: listsPerSecond });

  const calm: LoadResult[] = [];
  const beside: LoadResult[] = [];
  let cutOff = 0;
  await lists(); // warm
  for (let round = 0; round < rounds; round += 1) {
    calm.push(await lists());
    const sockets = await openSlowSockets({ port: stack.port, sockets: slowSockets(slow.token, `${seed}-${round}`) });
    beside.push(await lists());
    cutOff += await sockets.close();
    console.error(`  beside slow sockets: ${describeStatuses(beside)}`);
  }
  await database.end();

  const [before, during] = [latenciesOf(calm, isGood), latenciesOf(beside, isGood)];
  const p99 = percentile(during, 0.99);
  const failed = countOf(beside, (status) => !isGood(status));
  const change = (share: number): string => `${ms(percentile(before, share))} → ${ms(percentile(during, share))}`;
  return [
    {
      claim: `others’ lists beside ${ofEachKind * 4} open slow sockets: half send, half take pages of 4 MiB, half of each under the least rate`,
      goal: `p99 < ${goalMs} ms, none fails`,
      figure: `p50 ${change(0.5)}, p99 ${change(0.99)}, ${failed} failed`,
      count: `${before.length} and ${during.length} lists at ${listsPerSecond}/s; ${cutOff} slow ones cut off`,
      holds: p99 < goalMs && failed === 0,
    },
  ];
}

function slowSockets(token: string, seed: string): SlowSocket[] {
  const random = createSeededRandom(seed, 'slow sockets');
  const authorization = `Bearer ${token}`;
  const body = { 'content-type': 'application/json' };
  const login = toRawRequest('POST', '/api/v1/auth/login', { ...body, 'content-length': '1000' });
  const create = toRawRequest('POST', '/api/v1/tasks', { ...body, 'content-length': '1000000', authorization });
  const page = toRawRequest('GET', '/api/v1/tasks?limit=1000', { authorization });
  const kinds = [
    { head: login, bytes: 1, everyMs: 5_000 },
    { head: create, bytes: 5_120, everyMs: 1_000 },
    { head: page, bytes: 1, everyMs: 5_000 },
    { head: page, bytes: 5_120, everyMs: 1_000 },
  ];
  return kinds.flatMap((kind) =>
    Array.from({ length: ofEachKind }, () => ({ ...kind, openAtMs: random.below(openWithinMs) })),
  );
}

async function openSlowSockets(plan: SlowSocketPlan): Promise<{ close(): Promise<number> }> {
  const child = fork(slowProcess);
  const exited = once(child, 'exit');
  const opened = once(child, 'message', { signal: AbortSignal.timeout(longestOpeningMs) });
  child.send(plan);
  await opened.catch(() => console.error('  not all slow sockets are open'));
  return {
    async close() {
      const counted = new Promise<number>((resolve) => {
        child.on('message', (news: SlowSocketNews) => {
          if (news !== 'open') resolve(news.cutOff);
        });
      });
      child.send('how many?');
      const cutOff = await counted;
      child.kill('SIGKILL');
      await exited;
      return cutOff;
    },
  };
}
