import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './load-plan.ts';

const loadProcess = fileURLToPath(new URL('load-process.ts', import.meta.url));

/** Sends a load from a process of its own. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const [result] = await runLoads([plan]);
  if (result === undefined) throw new Error('a load without a result');
  return result;
}

/** Sends loads at the same time, each from a process of its own; they begin together, once all of them are prepared. */
export async function runLoads(plans: readonly LoadPlan[]): Promise<LoadResult[]> {
  const loads = plans.map(() => fork(loadProcess, { serialization: 'advanced' }));
  await Promise.all(plans.map((plan, place) => answerOf<'ready'>(loads[place], plan)));
  return Promise.all(loads.map((load) => answerOf<LoadResult>(load, 'go')));
}

function answerOf<T>(load: ChildProcess | undefined, message: LoadPlan | 'go'): Promise<T> {
  return new Promise((resolve, reject) => {
    if (load === undefined) throw new Error('a plan without a load');
    load.once('message', (answer: T) => resolve(answer));
    load.once('exit', (code) => reject(new Error(`a load ended with ${code}`)));
    load.send(message);
  });
}
