import type { WorkerTask } from '../harness/measured-worker.ts';
import type { Turn } from '../harness/turns.ts';

/** Work that is done again as soon as it is done. */
export type Loop = () => Promise<unknown>;

/** Answers each task of the parent with what `clients` loops did at once; ends with the parent's connection. */
export function answerTasks(loops: Readonly<Record<string, Loop>>, clients: number, close: () => Promise<void>): void {
  process.on('message', (task: WorkerTask) => {
    const loop = loops[task.loop];
    if (loop === undefined) throw new Error(`there is no loop ${task.loop}`);
    void runLoop(loop, clients, task.seconds).then((turn) => process.send?.(turn));
  });
  process.once('disconnect', () => void close());
}

async function runLoop(loop: Loop, clients: number, seconds: number): Promise<Turn> {
  const usage = process.cpuUsage();
  const from = performance.now();
  const until = from + seconds * 1_000;
  let calls = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < until) {
        await loop();
        calls += 1;
      }
    }),
  );
  const took = (performance.now() - from) / 1_000;
  const { user, system } = process.cpuUsage(usage);
  return { requestsPerSecond: calls / took, cpuMicrosPerRequest: (user + system) / calls };
}
