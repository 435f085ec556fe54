import autocannon from 'autocannon';
import { createBenchAccount } from './bench-account.ts';
import { createListedTasks, loadScenarios } from './load-scenarios.ts';
import { markdownTable } from './markdown-table.ts';
import { type Usage, usageOf } from './process-usage.ts';
import { readOptions, readRunningStack } from './running-stack.ts';

const { dataDir, seconds, connections } = readOptions(
  'bench:load',
  'Loads the gateway, first with lists of 20, then with creates; prints Markdown.',
);
const { url, pids } = readRunningStack(dataDir);
const account = await createBenchAccount(url);
await createListedTasks(account);

for (const { name, path, ...request } of loadScenarios) {
  const before = usageOfAll();
  const result = await autocannon({
    url: `${url}${path}`,
    connections,
    duration: seconds,
    headers: { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' },
    ...request,
  });
  const after = usageOfAll();
  const requests = result['2xx'] + result.non2xx;
  const summary = [
    ['requests', String(requests)],
    ['requests/s', (requests / result.duration).toFixed(0)],
    ['errors, time-outs, not 2xx', `${result.errors}, ${result.timeouts}, ${result.non2xx}`],
    ['latency p50 / p99', `${result.latency.p50} ms / ${result.latency.p99} ms`],
  ];
  const processes = Object.keys(pids).map((process) => {
    const [from, to] = [before[process], after[process]];
    if (from === undefined || to === undefined) throw new Error(`${process} was not measured`);
    const cpuMs = to.cpuMs - from.cpuMs;
    return [
      process,
      `${(cpuMs / (result.duration * 10)).toFixed(0)} %`,
      `${((cpuMs * 1000) / requests).toFixed(0)} µs`,
      `${from.memoryMib.toFixed(0)} → ${to.memoryMib.toFixed(0)} MiB`,
    ];
  });
  console.log(`\n### ${name}, ${connections} connections, ${seconds} s\n`);
  console.log(markdownTable(['', ''], summary));
  console.log(`\n${markdownTable(['process', 'CPU of a core', 'CPU per request', 'memory'], processes)}`);
  if (result.errors + result.timeouts + result.non2xx > 0) process.exitCode = 1;
}
await account.remove();

function usageOfAll(): Record<string, Usage> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid)]));
}
