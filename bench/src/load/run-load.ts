import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './load-plan.ts';

const loadProcess = fileURLToPath(new URL('load-process.ts', import.meta.url));

/** Sends a load from a process of its own. */
export function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const child = fork(loadProcess, { serialization: 'advanced' });
  return new Promise((resolve, reject) => {
    child.once('message', (result: LoadResult) => resolve(result));
    child.once('exit', (code) => reject(new Error(`a load ended with ${code}`)));
    child.send(plan);
  });
}
