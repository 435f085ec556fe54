import { compare, takeTurns, type Turns } from '../harness/turns.ts';
import { moveToMeasuredCore } from '../harness/pinned-process.ts';
import { exactly, medianInterval } from '../interval.ts';
import { startPressureStack } from '../pressure/pressure-stack.ts';
import { measureKnownToken } from './known-token.ts';
import { floodFactor, floods, setFloodScene, tasksPerSecond, type FloodTurn } from './login-flood.ts';
import type { Goal, Row } from './goal.ts';
import { ratioRow } from './ratio-row.ts';

const limits = { tasks: 1.25, logins: 0.95, refusalMs: 20 };
/** A p99 that differs from itself by more than this says nothing of a quarter. */
const certainty = 0.1;
/** Signing in has warmed all that takes part. */
const quickTurns = { rounds: 2, seconds: 2, warmSeconds: 0 };
const calm = 'no flood';
const calmAgain = 'no flood, again';

/**
 * People go on working and signing in while somebody guesses at twenty times of what can be hashed; and what a token
 * costs that is known. The gateway, all services and the hashes share one core, so that what the flood takes is taken from
 * people; those who send, and Postgres, have the other one.
 */
export const loginFlood: Goal = {
  id: 'P9',
  title: 'people in a flood of logins, and what a known token costs',
  async measure({ isQuick, sizes }) {
    const rows = await measureKnownToken(sizes.rounds);
    const chosen = isQuick ? floods.slice(-1) : floods;
    const stack = await startPressureStack();
    try {
      for (const [name, pid] of Object.entries(stack.pids())) if (name !== 'postgres') moveToMeasuredCore(pid);
      const scene = await setFloodScene(stack, sizes.seconds);
      const turns = await takeTurns(
        [
          scene.contender(calm),
          ...chosen.map((flood) => scene.contender(flood.name, flood)),
          scene.contender(calmAgain),
        ],
        isQuick ? quickTurns : sizes,
      );
      return [...chosen.flatMap(({ name }) => toRows(turns, name, scene.capacity)), toCalmRow(turns), ...rows];
    } finally {
      await stack.stop();
    }
  },
};

function toRows(turns: Turns<FloodTurn>, flood: string, capacity: number): Row[] {
  const own = turns.get(flood) ?? [];
  const failed = own.reduce((sum, { failedTasks }) => sum + failedTasks, 0);
  const { value: itself } = compare(turns, 'tasksP99Ms', [calm, calmAgain]);
  const isUncertain = Math.abs(itself - 1) > certainty;
  return [
    ratioRow(turns, 'tasksP99Ms', [calm, flood], {
      name: `tasks’ p99 in a flood ${flood}`,
      words: `ms at ${tasksPerSecond}/s; logins ${floodFactor} × ${capacity.toFixed(0)} a second`,
      digits: 1,
      limit: { atMost: limits.tasks },
      fault: isUncertain
        ? `the p99 without a flood differed from itself ${itself.toFixed(2)}×: too much else runs here`
        : undefined,
    }),
    {
      name: `tasks that failed in a flood ${flood}`,
      peer: '',
      figure: '',
      value: exactly(failed),
      unit: '',
      limit: { atMost: 0 },
    },
    {
      name: `people’s own logins in a flood ${flood}`,
      peer: 'half of what can be hashed',
      figure: '',
      value: medianInterval(own.map(({ loginShare }) => loginShare)),
      unit: '×',
      limit: { atLeast: limits.logins },
    },
    {
      name: `refusals in a flood ${flood}, p99`,
      peer: '',
      figure: '',
      value: medianInterval(own.map(({ refusalsP99Ms }) => refusalsP99Ms)),
      unit: 'ms',
      limit: { atMost: limits.refusalMs },
    },
  ];
}

function toCalmRow(turns: Turns<FloodTurn>): Row {
  return {
    name: `tasks’ p99: ${calmAgain}`,
    peer: calm,
    figure: '',
    value: compare(turns, 'tasksP99Ms', [calm, calmAgain]),
    unit: '×',
  };
}
