import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Row } from '../goals/goal.ts';
import { performancePage } from './performance-page.ts';
import { pageFile, recordedGoals } from './recorded-goals.ts';
import { keepRecord, readHistory, type GoalRecord } from './records.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tasktracker-records-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const goal = { id: 'P4', title: 'the hottest operations' };

function row(value: number, limit: Row['limit'] = { atMost: 1.1 }): Row {
  const interval = { value, low: value - 0.01, high: value + 0.01 };
  return { name: 'CPU of a get', peer: 'pg by hand', figure: '100 → 105 µs', value: interval, unit: '×', limit };
}

const machine = { cpu: 'EPYC', cores: 2, memoryGib: 24, id: 'c0ffee00', node: 'v24.21.0', loadBefore: 0.1 };

function record(date: string, value: number): GoalRecord {
  return { date, commit: '6df94d8f', machine, sizes: { rounds: 7, seconds: 8 }, rows: [row(value)], plots: [] };
}

const datesKept = (): string[] => readHistory(folder, 'P4')?.records.map(({ date }) => date) ?? [];

it('the page shows the newest run of a goal, and whether the run before it of another day agrees', () => {
  keepRecord(folder, goal, record('2026-11-01', 9));
  keepRecord(folder, goal, record('2026-11-02', 1.04));
  keepRecord(folder, goal, record('2026-11-03', 1.2));
  keepRecord(folder, goal, record('2026-11-03', 1.05));
  expect(datesKept()).toEqual(['2026-11-03', '2026-11-02']);
  const page = performancePage(recordedGoals(folder));
  const run = '6df94d8f, 2 × EPYC with 24 GiB (c0ffee00), Node v24.21.0, load average before it 0.1';
  expect(page).toContain('## P4: the hottest operations');
  expect(page).toContain(`\n2026-11-03, ${run}; asked for 7 rounds of 8 s.\n`);
  expect(page).toContain(`\nThe other run: 2026-11-02, ${run}; asked for 7 rounds of 8 s.\n`);
  expect(page).toContain('|  | peer | medians | ours (95 %) | goal |  | on 2026-11-02 |');
  expect(page).toContain(
    '| CPU of a get | pg by hand | 100 → 105 µs | 1.05× (1.04–1.06) | ≤ 1.1 | holds | 1.04× (1.03–1.05): agree |',
  );
  expect(page).toContain('**Two runs** of different days or machines agree in 1 of 1 rows:');
});

it('another machine on the same day is another run', () => {
  keepRecord(folder, goal, record('2026-11-03', 1.2));
  keepRecord(folder, goal, { ...record('2026-11-03', 1.05), machine: { ...machine, id: '', memoryGib: 12 } });
  const page = performancePage(recordedGoals(folder));
  expect(page).toContain('| 1.05× (1.04–1.06) | ≤ 1.1 | holds | 1.20× (1.19–1.21): differ |');
  expect(page).toContain('| on 2026-11-03, another machine |');
  expect(page).toContain('2 × EPYC with 12 GiB, Node');
  expect(page).toContain('agree in 0 of 1 rows (1 differ):');
});

it('a run that was too short makes room for any other', () => {
  keepRecord(folder, goal, record('2026-11-01', 1));
  keepRecord(folder, goal, { ...record('2026-11-02', 1), sizes: { rounds: 3, seconds: 2 } });
  expect(datesKept()).toEqual(['2026-11-02', '2026-11-01']);
  keepRecord(folder, goal, record('2026-11-03', 1));
  expect(datesKept()).toEqual(['2026-11-03', '2026-11-01']);
});

it('what only the other run has stays on the page', () => {
  keepRecord(folder, goal, record('2026-11-01', 1));
  keepRecord(folder, goal, { ...record('2026-11-02', 1), rows: [{ ...row(2), name: 'CPU of a list' }] });
  const page = performancePage(recordedGoals(folder));
  expect(page).toContain(
    '| CPU of a list | pg by hand | 100 → 105 µs | 2.00× (1.99–2.01) | ≤ 1.1 | missed | only in one |',
  );
  expect(page).toContain('| CPU of a get | pg by hand |  |  |  |  | 1.00× (0.99–1.01): only in one |');
});

it('a goal with one run has no other to agree with, which the page says', () => {
  keepRecord(folder, goal, record('2026-11-01', 1));
  const page = performancePage(recordedGoals(folder));
  expect(page).toContain('**Two runs:** no goal has been measured on another day or machine yet');
  expect(page).not.toContain('The other run');
  expect(page).toContain('| 1.00× (0.99–1.01) | ≤ 1.1 | holds |\n');
});

it('docs/performance.md is what its records and remarks give', () => {
  expect(existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '').toBe(performancePage(recordedGoals()));
});
