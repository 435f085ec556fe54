import { setTimeout as delay } from 'node:timers/promises';
import type { Acting } from './acting.ts';
import type { Action } from './habits.ts';
import { endSession, type EndedSession } from './session-actions.ts';
import {
  completeTask,
  contestTask,
  createTask,
  deleteTask,
  editTask,
  listTasks,
  readStatistics,
  readStats,
  readTask,
} from './task-actions.ts';

export interface ClientOptions {
  readonly acting: Acting;
  /** The most it asks for; slow answers make it less. */
  readonly ratePerSecond: number;
  readonly signal: AbortSignal;
  readonly onEndedSession: (ended: EndedSession) => void;
}

const actions: Readonly<Record<Action, (acting: Acting) => Promise<unknown>>> = {
  create: createTask,
  contest: contestTask,
  edit: editTask,
  complete: completeTask,
  delete: deleteTask,
  read: (acting) => readTask(acting),
  list: listTasks,
  stats: readStats,
  statistics: readStatistics,
};

/** Does one thing after the other until it is told to stop. */
export async function runClient({ acting, ratePerSecond, signal, onEndedSession }: ClientOptions): Promise<void> {
  const { random, habits } = acting;
  const pauseMs = 1_000 / ratePerSecond;
  const sessionChance = habits.sessionEveryMs === 0 ? 0 : pauseMs / habits.sessionEveryMs;
  while (!signal.aborted) {
    const startedAt = performance.now();
    if (random.chance(sessionChance)) {
      const ended = await endSession(acting);
      if (ended !== undefined) onEndedSession(ended);
    } else {
      await actions[choose(acting)](acting);
    }
    const leftMs = startedAt + pauseMs * (0.5 + random.below(1_000) / 1_000) - performance.now();
    if (leftMs > 0) await delay(leftMs, undefined, { signal }).catch(() => {});
  }
}

function choose({ random, habits }: Acting): Action {
  let left = random.below(habits.weights.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [action, weight] of habits.weights) {
    if (left < weight) return action;
    left -= weight;
  }
  return 'create';
}
