import { resolve } from 'node:path';
import { readCommandLine, readCount } from '@tasktracker/command-line';
import autocannon from 'autocannon';
import { createBenchAccount, type BenchAccount } from './bench-account.ts';
import { createListedTasks, loadScenarios } from './load-scenarios.ts';
import { compare, medianOf, takeTurns, type Turn } from './harness/turns.ts';
import { markdownTable } from './markdown-table.ts';
import { usageOf } from './process-usage.ts';
import { readRunningStack, type RunningStack } from './running-stack.ts';

const usage = `npm run bench:compare -- [--before FOLDER] [--after FOLDER] [--rounds N] [--seconds N] [--connections N]

Two running systems take turns at list and create; prints each one's median and the median ratio with its 95 % interval.
The same folder twice shows how much the machine itself varies.
  --before, --after   the systems' data folders (.tasktracker)
  --rounds            turns for each (7)
  --seconds           per turn (8)
  --connections       at the same time (8)
`;
const { values } = readCommandLine(usage, {
  options: {
    before: { type: 'string', default: '.tasktracker' },
    after: { type: 'string', default: '.tasktracker' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '8' },
  },
});
const from = process.env['INIT_CWD'] ?? process.cwd();
const sizes = {
  rounds: readCount('rounds', values.rounds, usage),
  seconds: readCount('seconds', values.seconds, usage),
};
const figures = [
  ['cpuMicrosPerRequest', 'CPU of all processes per request, µs'],
  ['requestsPerSecond', 'requests/s'],
] as const;
const connections = readCount('connections', values.connections, usage);

interface System {
  readonly stack: RunningStack;
  readonly account: BenchAccount;
}

async function openSystem(folder: string): Promise<System> {
  const stack = readRunningStack(resolve(from, folder));
  const account = await createBenchAccount(stack.url);
  await createListedTasks(account);
  return { stack, account };
}

function cpuMsOf({ stack }: System): number {
  return Object.values(stack.pids).reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
}

async function measure(system: System, scenario: (typeof loadScenarios)[number], seconds: number): Promise<Turn> {
  const { stack, account } = system;
  const headers = { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' };
  const before = cpuMsOf(system);
  const result = await autocannon({
    url: `${stack.url}${scenario.path}`,
    method: scenario.method,
    ...('body' in scenario && { body: scenario.body }),
    headers,
    connections,
    duration: seconds,
  });
  const cpuMs = cpuMsOf(system) - before;
  if (result.errors + result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} not 2xx`);
  return {
    cpuMicrosPerRequest: (cpuMs * 1000) / result['2xx'],
    requestsPerSecond: result['2xx'] / result.duration,
  };
}

const [before, after] = [await openSystem(values.before), await openSystem(values.after)];
for (const scenario of loadScenarios) {
  const turns = await takeTurns(
    [
      { name: 'before', run: (length) => measure(before, scenario, length) },
      { name: 'after', run: (length) => measure(after, scenario, length) },
    ],
    sizes,
  );
  const rows = figures.map(([figure, words]) => {
    const { value, low, high } = compare(turns, figure, ['before', 'after']);
    const medians = ['before', 'after'].map((name) => medianOf(turns, figure, name).toFixed(0));
    return [words, ...medians, `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`];
  });
  console.log(
    `\n### ${scenario.name}: ${sizes.rounds} rounds of ${sizes.seconds} s each, ${connections} connections\n`,
  );
  console.log(markdownTable(['', 'before', 'after', 'ratio (95 %)'], rows));
}
for (const { account } of [before, after]) await account.remove();
