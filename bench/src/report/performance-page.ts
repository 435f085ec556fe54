import { describeLimit, describeValue, describeVerdict, type Row } from '../goals/goal.ts';
import { markdownTable } from '../markdown-table.ts';
import { agreementOf, pairRows, type RowPair } from './agreement.ts';
import { describeAgreement } from './describe-agreement.ts';
import { isSameMachine } from './machine.ts';
import type { GoalHistory, GoalRecord } from './records.ts';

const beginning = `# Performance

Made by \`npm run bench -- --write\`; don't edit. Each goal is a ratio to a peer that took turns with ours in the same run, or a count. A ratio holds if the worse end of its 95 % interval meets the goal.
Unless a goal's own words say otherwise, contenders run alone on core 0, load and database share core 1, and a row is void if the same contender twice differed by more than 3 %: then it is a hint.
Where a goal limits how many calls there are in a second, it limits their CPU as much. A rate that is met while both only waited for Postgres is not counted: there the CPU decides.
One goal: \`npm run bench -- P3\`; exit code 1 where one is missed: \`--check\`; whether something got worse, in three minutes: \`--quick\`.
`;

/** The page, from what is recorded of each goal and what there is to say about it. */
export function performancePage(goals: readonly { history: GoalHistory; remarks: string }[]): string {
  const sections = goals.map(({ history, remarks }) => toSection(history, remarks));
  return [beginning, `${describeAgreement(goals.map(({ history }) => history))}\n`, ...sections].join('\n');
}

function toSection({ id, title, records }: GoalHistory, remarks: string): string {
  const [newest, other] = records;
  if (newest === undefined) return '';
  const parts = [
    `## ${id}: ${title}\n`,
    `    npm run bench -- ${id}\n`,
    `${describeRun(newest)}\n`,
    ...(other ? [`The other run: ${describeRun(other)}\n`] : []),
    markdownTable([...rowHead, ...(other ? [headOf(other, newest)] : [])], toTable(newest, other)),
    ...(remarks === '' ? [] : [`\n${remarks.trim()}`]),
    ...newest.plots.map(({ name, title: alt }) => `\n![${alt}](performance/${name}.svg)`),
  ];
  return `${parts.join('\n')}\n`;
}

/** Where, when and how long it was measured, in a sentence. */
export function describeRun({ date, commit, machine, sizes }: Omit<GoalRecord, 'rows' | 'plots'>): string {
  const { cores, cpu, memoryGib, id, node, loadBefore } = machine;
  const which = id === '' ? '' : ` (${id})`;
  const turns = `asked for ${sizes.rounds} rounds of ${sizes.seconds} s`;
  return `${date}, ${commit}, ${cores} × ${cpu} with ${memoryGib} GiB${which}, Node ${node}, load average before it ${loadBefore.toFixed(1)}; ${turns}.`;
}

const headOf = (other: GoalRecord, newest: GoalRecord): string =>
  `on ${other.date}${isSameMachine(other.machine, newest.machine) ? '' : ', another machine'}`;

function toTable(newest: GoalRecord, other: GoalRecord | undefined): string[][] {
  if (other === undefined) return newest.rows.map((row) => rowCells(row));
  return pairRows(newest.rows, other.rows).map((pair) => [...cellsOf(pair), otherCell(pair)]);
}

const cellsOf = ({ newest, other }: RowPair): string[] =>
  newest ? rowCells(newest) : [other?.name ?? '', other?.peer ?? '', '', '', '', ''];

/** `1.04× (1.03–1.05): agree`; just the words for a row that the other run has not. */
function otherCell(pair: RowPair): string {
  const agreement = agreementOf(pair);
  return pair.other ? `${describeValue(pair.other)}: ${agreement}` : agreement;
}

export const rowHead: readonly string[] = ['', 'peer', 'medians', 'ours (95 %)', 'goal', ''];

/** A row in words, with the verdict last. */
export function rowCells(row: Row, verdict = describeVerdict(row)): string[] {
  const goal = row.limit ? describeLimit(row.limit) : '';
  return [row.name, row.peer, row.figure, describeValue(row), goal, verdict];
}
