import { toPageStatement } from '../../../apps/task/src/tasks/task-page-sql.ts';
import { interleavedTimes } from '../harness/interleaved-times.ts';
import { median } from '../interval.ts';
import type { TaskSession } from '../harness/task-session.ts';
import type { Line, Plot } from '../report/plot.ts';
import { costOf } from '../statement-buffers.ts';
import { firstPage } from '../workers/task-call-plan.ts';

const secondsForEach = 2;

interface AccountCost {
  readonly tasks: number;
  readonly listMs: number;
  readonly statisticsMs: number;
  readonly listBuffers: number;
  readonly statisticsBuffers: number;
}

/** What the newest twenty with their total, and the statistics, cost owners 1, 2, …, of whom each has so many tasks. */
export async function plotAccountSizes(
  session: TaskSession,
  taskCounts: readonly number[],
): Promise<[time: Plot, buffers: Plot]> {
  const costs: AccountCost[] = [];
  for (const [index, tasks] of taskCounts.entries()) costs.push(await costOfAccount(session, BigInt(index + 1), tasks));
  costs.sort((one, other) => one.tasks - other.tasks);
  const toLine = (name: string, figure: keyof AccountCost): Line => ({
    name,
    points: costs.map((cost) => [cost.tasks, cost[figure]]),
  });
  const x = { label: 'tasks of the account', isLogarithmic: true };
  return [
    {
      name: 'account-size-time',
      title: 'What an account is answered in, by its tasks',
      x,
      y: { label: 'median, ms' },
      lines: [toLine('list of 20 with total', 'listMs'), toLine('statistics', 'statisticsMs')],
    },
    {
      name: 'account-size-buffers',
      title: 'What Postgres reads for an account, by its tasks',
      x,
      y: { label: 'pages of 8 KiB' },
      lines: [toLine('list of 20 with total', 'listBuffers'), toLine('statistics', 'statisticsBuffers')],
    },
  ];
}

async function costOfAccount({ store, pool }: TaskSession, ownerId: bigint, tasks: number): Promise<AccountCost> {
  const calls = { list: () => store.tasks.findPage(ownerId, firstPage), statistics: () => store.tasks.count(ownerId) };
  const times = await interleavedTimes(calls, secondsForEach);
  const page = toPageStatement(ownerId, firstPage);
  return {
    tasks,
    listMs: median(times.get('list') ?? []),
    statisticsMs: median(times.get('statistics') ?? []),
    listBuffers: (await costOf(pool, page.text, page.values)).buffers,
    statisticsBuffers: (
      await costOf(pool, 'SELECT status, priority, count FROM task_counts WHERE owner_id = $1', [ownerId])
    ).buffers,
  };
}
