import { randomBytes } from 'node:crypto';
import { afterEach, onTestFailed } from 'vitest';
import { createAccount, type Account } from './api-call.ts';
import type { LoadPlan, LoadResult } from './load/load-plan.ts';
import { describeLoad } from './load/load-report.ts';
import { startLoad, type Load } from './load/load.ts';
import { listPods } from './pods.ts';
import { watchPodWarnings, type PodWarnings } from './pod-warnings.ts';
import { imageName } from './test-images.ts';
import { cluster, images, namespace, reach, release } from './suite.ts';

/** Sixty in all, so that there is about one login per second: each hashes a password and writes a session. */
const readsAndWrites: LoadPlan['mix'] = [
  { operation: 'list', weight: 16 },
  { operation: 'read', weight: 11 },
  { operation: 'create', weight: 11 },
  { operation: 'complete', weight: 9 },
  { operation: 'statistics', weight: 6 },
  { operation: 'me', weight: 6 },
  { operation: 'login', weight: 1 },
];

export interface SuiteLoad extends Load {
  readonly account: Account;
}

const running: Load[] = [];
const watching: PodWarnings[] = [];

/**
 * Load on the release's gateway by an account of its own, once its first answers are good. Beside the busy connections
 * it keeps idle ones, and uses them again after pauses of up to 20 s.
 */
export async function beginLoad(changes: Partial<LoadPlan> = {}): Promise<SuiteLoad> {
  const account = await createAccount(await reach('gateway'));
  // Its own, since an account has 50 sessions: the first one would end after a minute of sign-ins.
  const signingIn = await createAccount(await reach('gateway'));
  const plan: LoadPlan = {
    // By address: the product can't promise how soon the cluster's DNS answers while pods start.
    target: `http://${await release.clusterIp('gateway')}:8000`,
    accessToken: account.token,
    username: signingIn.username,
    password: signingIn.password,
    name: `load-${randomBytes(3).toString('hex')}`,
    ratePerSecond: 50,
    minRequests: 0,
    // Longer than any scenario may take: a load ends when it is told to.
    maxRequests: 200_000,
    maxSeconds: 1_200,
    idleConnections: 24,
    idlePausesMs: [1_000, 3_000, 7_000, 20_000],
    timeoutMs: 15_000,
    mix: readsAndWrites,
    ...changes,
  };
  const image = imageName(images.registry, 'gateway', images.tag);
  const warnings = watchPodWarnings(cluster, namespace, () => listPods(cluster, namespace, release.selector()));
  watching.push(warnings);
  onTestFailed(async () => console.log(await warnings.about(plan.name)));
  const load = await startLoad(cluster, namespace, image, plan);
  running.push(load);
  await load.answersWell(Math.min(100, plan.ratePerSecond * 2));
  return { ...load, account };
}

/** Stops the load, and shows its figures below the scenario's name; throws if it had ended before. */
export async function endLoad(load: Load, what: string): Promise<LoadResult> {
  const result = await load.stop();
  console.log(`${what}: ${describeLoad(result)}`);
  if (result.why !== 'told to stop') throw new Error(`${load.name} ended too early: ${result.why}`);
  return result;
}

afterEach(async () => {
  for (const warnings of watching.splice(0)) warnings.stop();
  for (const load of running.splice(0)) await load.remove();
});
