// `npm run bench`: the goals about speed, each measured against a peer in the same run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { readCommandLine, readCount, refuse } from '@tasktracker/command-line';
import {
  describeLimit,
  describeValue,
  describeRow,
  describeVerdict,
  holds,
  type Goal,
  type Row,
  type Run,
} from './goals/goal.ts';
import { gatewayCost } from './goals/p1-gateway-cost.ts';
import { gatewayLatency } from './goals/p2-gateway-latency.ts';
import { loginFlood } from './goals/p9-login-flood.ts';
import { startAndSize } from './goals/p10-start-and-size.ts';
import { leaveMeasuredCore } from './harness/pinned-process.ts';
import type { Plot } from './report/plot.ts';
import { toSvg } from './report/svg-plot.ts';
import { markdownTable } from './markdown-table.ts';

const usage = `npm run bench -- [GOAL…] [--quick] [--before FOLDER] [--rounds N] [--seconds N]
                     [--json FILE] [--plots FOLDER] [--check]

Measures the goals about speed, such as P1, or all; each against peers that take turns with us. Prints Markdown.
Linux with two cores; nginx and wrk come from Debian, and root gets them installed. A goal holds if the worse end of its 95 % interval meets it.
  --quick     3 rounds of 2 s: whether something got much worse; too few for an interval
  --before    another checkout, installed, that takes part
  --rounds    turns for each contender (7)
  --seconds   of each turn (8)
  --json      writes the figures to this file as well
  --plots     draws what was measured over load or size into this folder, as SVG; not with --quick
  --check     ends with 1 if a goal is missed, or the machine was too busy to say
`;
const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    before: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'string' },
    plots: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});

const goals: readonly Goal[] = [gatewayCost, gatewayLatency, loginFlood, startAndSize];
const chosen = positionals.length === 0 ? goals : positionals.map(findGoal);
const from = process.env['INIT_CWD'] ?? process.cwd();
const olderTree = values.before === undefined ? undefined : resolve(from, values.before);
const sizes = {
  rounds: values.rounds === undefined ? (values.quick ? 3 : 7) : readCount('rounds', values.rounds, usage),
  seconds: values.seconds === undefined ? (values.quick ? 2 : 8) : readCount('seconds', values.seconds, usage),
};

function findGoal(id: string): Goal {
  const found = goals.find((goal) => goal.id === id.toUpperCase());
  return found ?? refuse(`There is no goal ${id}: there is ${goals.map((goal) => goal.id).join(', ')}.`, usage);
}

leaveMeasuredCore();
const plots: Plot[] = [];
const run: Run = {
  sizes,
  isQuick: values.quick,
  ...(olderTree !== undefined && { olderTree }),
  plot: (plot) => void plots.push(plot),
};
const machine = {
  date: new Date().toISOString().slice(0, 10),
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  node: process.version,
  loadBefore: loadavg()[0] ?? 0,
};
const measured: { goal: Goal; row: Row }[] = [];
for (const goal of chosen) {
  console.error(`${goal.id}: ${goal.title}`);
  for (const row of await goal.measure(run)) {
    measured.push({ goal, row });
    console.error(`  ${describeRow(goal.id, row)}`);
  }
}

console.log(
  `${machine.date}, ${machine.cores} × ${machine.cpu}, Node ${machine.node}; load average before it ${machine.loadBefore.toFixed(1)}; ` +
    `${sizes.rounds} rounds of ${sizes.seconds} s for each.\n`,
);
console.log(
  markdownTable(
    ['', '', 'peer', 'medians', 'value (95 %)', 'goal', ''],
    measured.map(({ goal, row }) => [
      goal.id,
      row.name,
      row.peer,
      row.figure,
      describeValue(row),
      row.limit ? describeLimit(row.limit) : '',
      describeVerdict(row),
    ]),
  ),
);
if (values.json !== undefined) {
  const rows = measured.map(({ goal, row }) => ({ goal: goal.id, ...row }));
  const file = resolve(from, values.json);
  writeFileSync(file, `${JSON.stringify({ machine, sizes, rows, plots }, undefined, 2)}\n`);
}
if (values.plots !== undefined) {
  const folder = resolve(from, values.plots);
  mkdirSync(folder, { recursive: true });
  for (const plot of plots) writeFileSync(join(folder, `${plot.name}.svg`), toSvg(plot));
}
const isShown = measured.every(({ row }) => row.limit === undefined || holds(row) === true);
if (values.check && !isShown) process.exitCode = 1;
