import { describe, expect, it } from 'vitest';
import { EndedTooSoon, type ProcessExit, type RunningProcess } from './running-process.ts';
import { createSupervisor, type SupervisorEvent } from './supervisor.ts';

const byKill: ProcessExit = { code: null, signal: 'SIGKILL', lastWords: '' };
const byFault: ProcessExit = { code: 1, signal: null, lastWords: 'no key' };

/** A process without a process: ends when the test says so, or when it is stopped. */
function createFake(pid: number): RunningProcess & { die(exit: ProcessExit): void; stops: number[] } {
  const exit = Promise.withResolvers<ProcessExit>();
  const stops: number[] = [];
  return {
    pid,
    exited: exit.promise,
    stops,
    die: exit.resolve,
    stop(graceMs) {
      stops.push(graceMs);
      exit.resolve({ code: 0, signal: null, lastWords: '' });
      return Promise.resolve();
    },
    kill: () => exit.resolve(byKill),
  };
}

function supervised(steadyMs = 60_000) {
  const events: SupervisorEvent[] = [];
  const lives: ReturnType<typeof createFake>[] = [];
  const faults: unknown[] = [];
  let onReady: (() => void) | undefined;
  const supervisor = createSupervisor({
    backOff: { firstMs: 1, maxMs: 4, steadyMs },
    report(event) {
      events.push(event);
      if (event.kind === 'ready') onReady?.();
    },
    launch() {
      const fault = faults.shift();
      if (fault !== undefined) return Promise.reject(fault);
      const fake = createFake(lives.length + 1);
      lives.push(fake);
      return Promise.resolve(fake);
    },
  });
  async function dieAndReturn(exit: ProcessExit): Promise<void> {
    const returned = new Promise<void>((resolve) => (onReady = resolve));
    lives.at(-1)?.die(exit);
    await returned;
  }
  const pauses = (): number[] => events.flatMap((event) => (event.kind === 'died' ? [event.retryMs] : []));
  return { supervisor, events, lives, faults, dieAndReturn, pauses };
}

describe('a supervisor', () => {
  it('starts a process that died again, and says so before and after', async () => {
    const { supervisor, events, dieAndReturn } = supervised();
    await supervisor.start();
    await dieAndReturn(byKill);
    expect(events).toEqual([
      { kind: 'ready', pid: 1, again: false },
      { kind: 'died', reason: 'was ended by SIGKILL', retryMs: 1 },
      { kind: 'ready', pid: 2, again: true },
    ]);
  });

  it('waits twice as long after each death in a row, up to a limit', async () => {
    const { supervisor, dieAndReturn, pauses } = supervised();
    await supervisor.start();
    for (let death = 0; death < 5; death += 1) await dieAndReturn(byFault);
    expect(pauses()).toEqual([1, 2, 4, 4, 4]);
  });

  it('forgets earlier deaths after a steady life', async () => {
    const { supervisor, dieAndReturn, pauses } = supervised(0);
    await supervisor.start();
    for (let death = 0; death < 3; death += 1) await dieAndReturn(byFault);
    expect(pauses()).toEqual([1, 1, 1]);
  });

  it('goes on trying when a later launch fails', async () => {
    const { supervisor, faults, dieAndReturn, events } = supervised();
    await supervisor.start();
    faults.push(new EndedTooSoon(byFault), new EndedTooSoon(byFault));
    await dieAndReturn(byKill);
    expect(events.at(-2)).toEqual({ kind: 'died', reason: 'ended with code 1: no key', retryMs: 4 });
    expect(events.at(-1)).toMatchObject({ kind: 'ready', again: true });
  });

  it('gives up when the very first launch fails through a fault of its own', async () => {
    const { supervisor, faults, lives } = supervised();
    faults.push(new EndedTooSoon(byFault));
    await expect(supervisor.start()).rejects.toThrow('ended with code 1: no key');
    expect(lives).toEqual([]);
  });

  it('launches again when somebody killed the first launch', async () => {
    const { supervisor, faults, lives } = supervised();
    faults.push(new EndedTooSoon(byKill));
    await supervisor.start();
    expect(lives).toHaveLength(1);
  });

  it('stops a process once and starts none after', async () => {
    const { supervisor, lives } = supervised();
    await supervisor.start();
    await supervisor.stop(1234);
    expect(lives.map(({ stops }) => stops)).toEqual([[1234]]);
  });

  it('stops at once during a pause', async () => {
    const { supervisor, lives } = supervised();
    await supervisor.start();
    lives[0]?.die(byKill);
    await supervisor.stop(1000);
    expect(lives).toHaveLength(1);
  });

  it('ends a start that is stopped before it is ready', async () => {
    const supervisor = createSupervisor({
      report() {},
      launch: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const started = supervisor.start();
    await supervisor.stop(1000);
    await expect(started).rejects.toThrow(/aborted/);
  });
});
