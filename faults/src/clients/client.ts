import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.ts';
import { endSession, type EndedSession } from './session-actions.ts';
import {
  completeTask,
  createTask,
  deleteTask,
  editTask,
  listTasks,
  readStatistics,
  readStats,
  readTask,
  type Acting,
} from './task-actions.ts';

export interface ClientOptions {
  readonly acting: Acting;
  /** The most it asks for; slow answers make it less. */
  readonly ratePerSecond: number;
  readonly signal: AbortSignal;
  readonly onEndedSession: (ended: EndedSession) => void;
}

interface Choice {
  readonly weight: number;
  readonly act: (acting: Acting) => Promise<unknown>;
}

const choices: readonly Choice[] = [
  { weight: 26, act: createTask },
  { weight: 30, act: editTask },
  { weight: 12, act: completeTask },
  { weight: 8, act: deleteTask },
  { weight: 14, act: (acting) => readTask(acting) },
  { weight: 4, act: listTasks },
  { weight: 3, act: readStats },
  { weight: 3, act: readStatistics },
];

/** Hashing passwords is dear: a session is begun and ended this seldom by each client. */
const sessionEveryMs = 4_000;

/** Does one thing after the other until it is told to stop. */
export async function runClient({ acting, ratePerSecond, signal, onEndedSession }: ClientOptions): Promise<void> {
  const { random } = acting;
  const pauseMs = 1_000 / ratePerSecond;
  const sessionChance = pauseMs / sessionEveryMs;
  while (!signal.aborted) {
    const startedAt = performance.now();
    if (random.chance(sessionChance)) {
      const ended = await endSession(acting);
      if (ended !== undefined) onEndedSession(ended);
    } else {
      await choose(random)(acting);
    }
    const leftMs = startedAt + pauseMs * (0.5 + random.below(1_000) / 1_000) - performance.now();
    if (leftMs > 0) await delay(leftMs, undefined, { signal }).catch(() => {});
  }
}

function choose(random: SeededRandom): Choice['act'] {
  let left = random.below(choices.reduce((sum, { weight }) => sum + weight, 0));
  for (const { weight, act } of choices) {
    if (left < weight) return act;
    left -= weight;
  }
  return createTask;
}
