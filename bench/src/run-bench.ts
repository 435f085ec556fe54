// `npm run bench`: the goals about speed, each measured against a peer in the same run.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCommandLine, readCount, refuse } from '@tasktracker/command-line';
import { describeRow, describeVerdict, isInOrder, type Goal, type Row } from './goals/goal.ts';
import { experiments, goals } from './goals/goals.ts';
import { leaveMeasuredCore } from './harness/pinned-process.ts';
import { shareTaskDatabases } from './harness/task-database.ts';
import { leastSizes, quickSizes } from './harness/turns.ts';
import { describeRun, performancePage, rowCells, rowHead } from './report/performance-page.ts';
import type { Plot } from './report/plot.ts';
import { describeCommit } from './report/describe-commit.ts';
import { pageFile, recordedGoals, recordsFolder } from './report/recorded-goals.ts';
import { describeMachine } from './report/machine.ts';
import { keepRecord, readHistory, type GoalRecord } from './report/records.ts';
import { toSvg } from './report/svg-plot.ts';
import { complaintAgainstRecord, quickVerdict } from './report/worse.ts';
import { markdownTable } from './markdown-table.ts';

const usage = `npm run bench -- [GOAL…] [--quick] [--before FOLDER] [--rounds N] [--seconds N]
                     [--json FILE] [--write] [--check]

Measures the goals about speed, such as P1, or all; each against peers that take turns with us. Prints Markdown.
By its name only: growth, what costs become with ever more accounts, tasks and replicas (a quarter of an hour).
Linux with two cores; nginx and wrk come from Debian, and root gets them installed. A goal holds if the worse end of its 95 % interval meets it.
  --quick     three minutes: whether something of ours is worse by a tenth than what docs/performance.md says
  --before    another checkout, installed, that takes part
  --rounds    turns for each contender (7)
  --seconds   of each turn (8)
  --json      writes the figures to this file as well
  --write     records the run in docs/performance/, and makes docs/performance.md from what is recorded
  --check     ends with 1 if a goal is missed, or the machine was too busy to say; with --quick if something
              is worse or that can't be told
`;
const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    before: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});

const chosen = positionals.length === 0 ? goals.filter(isTaken) : positionals.map(findGoal);
const from = process.env['INIT_CWD'] ?? process.cwd();
const olderTree = values.before === undefined ? undefined : resolve(from, values.before);
const usual = values.quick ? quickSizes : leastSizes;
const sizes = {
  ...usual,
  ...(values.rounds !== undefined && { rounds: readCount('rounds', values.rounds, usage) }),
  ...(values.seconds !== undefined && { seconds: readCount('seconds', values.seconds, usage) }),
};

/** Of all goals; those that are left out of a quick run are named. */
function isTaken({ id, sparedQuickly }: Goal): boolean {
  if (!values.quick || sparedQuickly === undefined) return true;
  console.error(`${id} is left out: ${sparedQuickly}`);
  return false;
}

function findGoal(id: string): Goal {
  const all = [...goals, ...experiments];
  const found = all.find((goal) => goal.id.toUpperCase() === id.toUpperCase());
  return found ?? refuse(`There is no goal ${id}: there is ${all.map((goal) => goal.id).join(', ')}.`, usage);
}

if (values.quick && values.write) refuse('A quick run is compared with what is recorded, and not recorded.', usage);
leaveMeasuredCore();
shareTaskDatabases();
const machine = describeMachine();
const commit = describeCommit();
const date = new Date().toISOString().slice(0, 10);
interface Measured {
  readonly goal: Goal;
  readonly row: Row;
  readonly verdict: string;
  /** Nothing speaks against it, and it could be measured. */
  readonly isGood: boolean;
}

const measured: Measured[] = [];
for (const goal of chosen) {
  console.error(`${goal.id}: ${goal.title}`);
  const startedAt = performance.now();
  const record = await measureGoal(goal);
  const history = readHistory(recordsFolder, goal.id);
  for (const row of record.rows) {
    const verdict = values.quick ? quickVerdict(row, history) : describeVerdict(row);
    const isGood = values.quick ? complaintAgainstRecord(row, history) === undefined : isInOrder(row);
    measured.push({ goal, row, verdict, isGood });
    console.error(`  ${describeRow(goal.id, row, verdict)}`);
  }
  console.error(`  in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  if (values.write) keepRecord(recordsFolder, goal, record);
  for (const plot of values.write ? record.plots : []) {
    writeFileSync(join(recordsFolder, `${plot.name}.svg`), toSvg(plot));
  }
}

async function measureGoal(goal: Goal): Promise<GoalRecord> {
  const plots: Plot[] = [];
  const keepPlot = (plot: Plot): void => void plots.push(plot);
  const rows = await goal.measure({ sizes, isQuick: values.quick, plot: keepPlot, ...(olderTree && { olderTree }) });
  return { date, commit, machine, sizes, rows, plots };
}

console.log(`${describeRun({ date, commit, machine, sizes })}\n`);
console.log(
  markdownTable(
    ['', ...rowHead],
    measured.map(({ goal, row, verdict }) => [goal.id, ...rowCells(row, verdict)]),
  ),
);
if (values.json !== undefined) {
  const rows = measured.map(({ goal, row }) => ({ goal: goal.id, ...row }));
  const file = resolve(from, values.json);
  writeFileSync(file, `${JSON.stringify({ date, machine, sizes, rows }, undefined, 2)}\n`);
}
if (values.write) writeFileSync(pageFile, performancePage(recordedGoals()));
if (values.check && !measured.every(({ isGood }) => isGood)) process.exitCode = 1;
