import { resolve } from 'node:path';
import { readCommandLine, readCount } from '@tasktracker/command-line';
import autocannon from 'autocannon';
import { createBenchAccount, type BenchAccount } from './bench-account.ts';
import { createListedTasks, loadScenarios } from './load-scenarios.ts';
import { markdownTable } from './markdown-table.ts';
import { median, medianRatio } from './interval.ts';
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
const rounds = readCount('rounds', values.rounds, usage);
const seconds = readCount('seconds', values.seconds, usage);
const connections = readCount('connections', values.connections, usage);

interface Contender {
  readonly stack: RunningStack;
  readonly account: BenchAccount;
}

interface Measured {
  readonly cpuMicros: number;
  readonly perSecond: number;
}

async function openContender(folder: string): Promise<Contender> {
  const stack = readRunningStack(resolve(from, folder));
  const account = await createBenchAccount(stack.url);
  await createListedTasks(account);
  return { stack, account };
}

function cpuMsOf({ stack }: Contender): number {
  return Object.values(stack.pids).reduce((sum, pid) => sum + usageOf(pid).cpuMs, 0);
}

async function measure(contender: Contender, scenario: (typeof loadScenarios)[number]): Promise<Measured> {
  const { stack, account } = contender;
  const headers = { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' };
  const before = cpuMsOf(contender);
  const result = await autocannon({
    url: `${stack.url}${scenario.path}`,
    method: scenario.method,
    ...('body' in scenario && { body: scenario.body }),
    headers,
    connections,
    duration: seconds,
  });
  const cpuMs = cpuMsOf(contender) - before;
  if (result.errors + result.non2xx > 0) throw new Error(`${result.errors} errors, ${result.non2xx} not 2xx`);
  return { cpuMicros: (cpuMs * 1000) / result['2xx'], perSecond: result['2xx'] / result.duration };
}

const contenders = [await openContender(values.before), await openContender(values.after)] as const;
for (const scenario of loadScenarios) {
  const pairs: [Measured, Measured][] = [];
  for (const contender of contenders) await measure(contender, scenario); // warm
  for (let round = 0; round < rounds; round += 1) {
    const [before, after] = contenders;
    if (round % 2 === 0) {
      pairs.push([await measure(before, scenario), await measure(after, scenario)]);
    } else {
      const second = await measure(after, scenario);
      pairs.push([await measure(before, scenario), second]);
    }
  }
  const rows = (['cpuMicros', 'perSecond'] as const).map((figure) => {
    const { value: ratio, low, high } = medianRatio(pairs.map(([before, after]) => [before[figure], after[figure]]));
    const medians = [0, 1].map((index) => median(pairs.map((pair) => pair[index]?.[figure] ?? NaN)).toFixed(0));
    const words = { cpuMicros: 'CPU of all processes per request, µs', perSecond: 'requests/s' }[figure];
    return [words, ...medians, `${ratio.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`];
  });
  console.log(`\n### ${scenario.name}: ${rounds} rounds of ${seconds} s each, ${connections} connections\n`);
  console.log(markdownTable(['', 'before', 'after', 'ratio (95 %)'], rows));
}
for (const { account } of contenders) await account.remove();
