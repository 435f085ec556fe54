import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';

/** What a process did for a while, seen from its event loop. */
export interface LoopFigures {
  /** How late a timer of 1 ms was. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Share of the time in which the loop did not wait. */
  readonly utilisation: number;
  /** User and system time of all threads. */
  readonly cpuMicros: number;
  /** System time of all threads: sockets and files. */
  readonly kernelMicros: number;
  /** The same of the main thread alone. */
  readonly mainThreadMicros: number;
  /** For how long the main thread stood still for garbage collection. */
  readonly gcMicros: number;
}

const timerMs = 1;
const nanosPerMs = 1_000_000;

/** Begins; what it gives back ends it. */
export function beginLoopFigures(): () => LoopFigures {
  const delay = monitorEventLoopDelay({ resolution: timerMs });
  let gcMs = 0;
  const addGc = (entries: readonly { readonly duration: number }[]): void => {
    for (const { duration } of entries) gcMs += duration;
  };
  const observer = new PerformanceObserver((list) => addGc(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const loopBefore = performance.eventLoopUtilization();
  const before = cpuNow();
  delay.enable();
  return () => {
    delay.disable();
    const after = cpuNow();
    const { utilization } = performance.eventLoopUtilization(loopBefore);
    addGc(observer.takeRecords());
    observer.disconnect();
    return {
      delayMs: { p50: lateMs(delay.percentile(50)), p99: lateMs(delay.percentile(99)), max: lateMs(delay.max) },
      utilisation: utilization,
      cpuMicros: after.all - before.all,
      kernelMicros: after.kernel - before.kernel,
      mainThreadMicros: after.mainThread - before.mainThread,
      gcMicros: gcMs * 1_000,
    };
  };
}

/** The histogram holds the distances of a timer's calls, not what they are late. */
const lateMs = (nanos: number): number => Math.max(0, nanos / nanosPerMs - timerMs);

function cpuNow(): { all: number; kernel: number; mainThread: number } {
  const [all, mainThread] = [process.cpuUsage(), process.threadCpuUsage()];
  return { all: all.user + all.system, kernel: all.system, mainThread: mainThread.user + mainThread.system };
}
