import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, EndedTooSoon, type RunningProcess } from './running-process.ts';

export type SupervisorEvent =
  | { readonly kind: 'ready'; readonly pid: number; readonly again: boolean }
  | { readonly kind: 'died'; readonly reason: string; readonly retryMs: number };

export interface Supervisor {
  /** Resolves when the process is ready for the first time; rejects when it is stopped before, or when its first
   * launch fails by its own fault; one that a signal ended is launched again. */
  start(): Promise<void>;
  /** Ends the process cleanly, or by force after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

export interface SupervisorOptions {
  /** Resolves when the process is ready. When it rejects, as it must once `signal` aborts, no process is left. */
  readonly launch: (signal: AbortSignal) => Promise<RunningProcess>;
  readonly report: (event: SupervisorEvent) => void;
  readonly backOff?: BackOff;
}

export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** After a life of this length the next death counts as the first again. */
  readonly steadyMs: number;
}

const defaultBackOff: BackOff = { firstMs: 250, maxMs: 10_000, steadyMs: 60_000 };

/** Keeps a process running: a dead one is started again, after a pause that doubles with each death in a row. */
export function createSupervisor({ launch, report, backOff = defaultBackOff }: SupervisorOptions): Supervisor {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: RunningProcess | undefined;
  let finished: Promise<void> = Promise.resolve();

  async function keepRunning(onReady: () => void): Promise<void> {
    let deaths = 0;
    let again = false;
    while (!signal.aborted) {
      const life = await liveOnce(again, onReady);
      if (signal.aborted) return;
      again ||= life.readyMs > 0;
      deaths = life.readyMs >= backOff.steadyMs ? 1 : deaths + 1;
      const retryMs = Math.min(backOff.firstMs * 2 ** (deaths - 1), backOff.maxMs);
      report({ kind: 'died', reason: life.reason, retryMs });
      await delay(retryMs, undefined, { signal }).catch(() => {});
    }
  }

  async function liveOnce(again: boolean, onReady: () => void): Promise<{ readyMs: number; reason: string }> {
    try {
      running = await launch(signal);
    } catch (error) {
      const killed = error instanceof EndedTooSoon && error.exit.signal !== null;
      if (!again && !killed && !signal.aborted) throw error;
      return { readyMs: 0, reason: error instanceof Error ? error.message : String(error) };
    }
    const readyAt = performance.now();
    report({ kind: 'ready', pid: running.pid, again });
    onReady();
    const exit = await running.exited;
    running = undefined;
    return { readyMs: performance.now() - readyAt, reason: describeExit(exit) };
  }

  return {
    start: () =>
      new Promise((resolve, reject) => {
        finished = keepRunning(resolve).then(() => reject(signal.reason), reject);
      }),
    async stop(graceMs) {
      stopping.abort();
      await running?.stop(graceMs);
      await finished;
    },
    async kill() {
      stopping.abort();
      running?.kill();
      await finished;
    },
  };
}
