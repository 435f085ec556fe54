import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './load-plan.ts';

const loadProcess = fileURLToPath(new URL('load-process.ts', import.meta.url));

/** Sends a load from a process of its own. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const send = await readyLoad(plan);
  return send();
}

/** What sends a load from a process of its own, which is ready now: so that several begin together. */
export async function readyLoad(plan: LoadPlan): Promise<() => Promise<LoadResult>> {
  const load = fork(loadProcess, { serialization: 'advanced' });
  await answerOf<'ready'>(load, plan);
  return () => answerOf<LoadResult>(load, 'go');
}

function answerOf<T>(load: ChildProcess, message: LoadPlan | 'go'): Promise<T> {
  return new Promise((resolve, reject) => {
    load.once('message', (answer: T) => resolve(answer));
    load.once('exit', (code) => reject(new Error(`a load ended with ${code}`)));
    load.send(message);
  });
}
