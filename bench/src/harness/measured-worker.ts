import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { measuredCore } from './pinned-process.ts';
import type { Turn } from './turns.ts';

/** What a worker is asked to do, in a closed loop. */
export interface WorkerTask {
  /** One of the loops that the worker knows. */
  readonly loop: string;
  readonly seconds: number;
}

/** Its CPU is user and system time of the whole process. */
export interface MeasuredWorker {
  turn(task: WorkerTask): Promise<Turn>;
  stop(): Promise<void>;
}

/** Starts a program of ours on the measured core, which answers each task with a turn (see `answer-tasks.ts`). */
export function startWorker(entry: URL, env: Readonly<Record<string, string>>): MeasuredWorker {
  const child = spawn('taskset', ['-c', measuredCore, process.execPath, fileURLToPath(entry)], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.prependOnceListener('exit', endWithUs); // before the database that it asks
  const exited = once(child, 'exit');
  return {
    async turn(task) {
      const answered = once(child, 'message');
      child.send(task);
      const [turn]: (Turn | undefined)[] = await Promise.race([answered, exited.then(() => [undefined])]);
      if (turn === undefined) throw new Error(`${fileURLToPath(entry)} ended in the middle of ${task.loop}`);
      return turn;
    },
    async stop() {
      process.off('exit', endWithUs);
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
