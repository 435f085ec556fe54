import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Row } from '../goals/goal.ts';
import { performancePage } from './performance-page.ts';
import { pageFile, recordedGoals } from './recorded-goals.ts';
import { keepRecord, readHistory, type GoalRecord } from './records.ts';
import { complaintAgainstRecord } from './worse.ts';

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

function record(date: string, value: number): GoalRecord {
  const machine = { cpu: 'EPYC', cores: 2, node: 'v24.21.0', loadBefore: 0.1 };
  return { date, commit: '6df94d8f', machine, sizes: { rounds: 7, seconds: 8 }, rows: [row(value)], plots: [] };
}

it('the page shows the newest run of a goal, and what the run of another day gave', () => {
  keepRecord(folder, goal, record('2026-11-01', 9));
  keepRecord(folder, goal, record('2026-11-02', 1.04));
  keepRecord(folder, goal, record('2026-11-03', 1.2));
  keepRecord(folder, goal, record('2026-11-03', 1.05));
  expect(readHistory(folder, 'P4')?.records.map(({ date }) => date)).toEqual(['2026-11-03', '2026-11-02']);
  const page = performancePage(recordedGoals(folder));
  expect(page).toContain('## P4: the hottest operations');
  expect(page).toContain(
    '2026-11-03, 6df94d8f, 2 × EPYC, Node v24.21.0, load average before it 0.1; asked for 7 rounds of 8 s.',
  );
  expect(page).toContain(
    '| CPU of a get | pg by hand | 100 → 105 µs | 1.05× (1.04–1.06) | ≤ 1.1 | holds | 1.04× (1.03–1.05) |',
  );
});

it.each([
  ['a cost that grew by an eighth', 1.125, { atMost: 1.1 }, true],
  ['one that grew by a twentieth', 1.05, { atMost: 1.1 }, false],
  ['a rate that fell by an eighth', 0.875, { atLeast: 0.9 }, true],
  ['one that rose', 1.5, { atLeast: 0.9 }, false],
])('%s is told from what is recorded', (_name, value, limit, isWorse) => {
  keepRecord(folder, goal, { ...record('2026-11-01', 1), rows: [row(1, limit)] });
  const complaint = complaintAgainstRecord(row(value, limit), readHistory(folder, 'P4'));
  expect(complaint).toBe(isWorse ? 'worse than 1.00× (0.99–1.01) on 2026-11-01' : undefined);
});

it('what was not measured, or has no record, is no good news either', () => {
  expect(complaintAgainstRecord(row(1), undefined)).toBe('nothing is recorded to compare it with');
  keepRecord(folder, goal, record('2026-11-01', 1));
  expect(complaintAgainstRecord(row(Number.NaN), readHistory(folder, 'P4'))).toBe('it was not measured');
});

it('docs/performance.md is what its records and remarks give', () => {
  expect(existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '').toBe(performancePage(recordedGoals()));
});
