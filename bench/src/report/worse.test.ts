import { describe, expect, it } from 'vitest';
import type { Row } from '../goals/goal.ts';
import { exactly } from '../interval.ts';
import type { GoalHistory } from './records.ts';
import { complaintAgainstRecord, quickVerdict } from './worse.ts';

const rowOf = (value: number): Row => ({
  name: 'get: per second',
  peer: 'Go',
  figure: '',
  value: exactly(value),
  unit: '×',
  limit: { atLeast: 0.85 },
});

const historyOf = (row: Row): GoalHistory => ({
  id: 'P5',
  title: '',
  records: [
    {
      date: '2026-11-28',
      commit: 'e700208c',
      machine: { cpu: '', cores: 2, memoryGib: 24, id: '', node: '', loadBefore: 0 },
      sizes: { rounds: 7, seconds: 8 },
      rows: [row],
      plots: [],
    },
  ],
});

describe('a quick run beside what is recorded', () => {
  it('takes a tenth for noise, and more for worse', () => {
    expect(complaintAgainstRecord(rowOf(0.91), historyOf(rowOf(1)))).toBeUndefined();
    expect(complaintAgainstRecord(rowOf(0.89), historyOf(rowOf(1)))).toBe('worse than 1.00× on 2026-11-28');
    expect(complaintAgainstRecord(rowOf(1.5), historyOf(rowOf(1)))).toBeUndefined();
  });

  it('knows that a cost is worse where it is higher', () => {
    const limit = { atMost: 1.1 };
    const history = historyOf({ ...rowOf(1), limit });
    expect(complaintAgainstRecord({ ...rowOf(1.05), limit }, history)).toBeUndefined();
    expect(complaintAgainstRecord({ ...rowOf(1.125), limit }, history)).toBe('worse than 1.00× on 2026-11-28');
  });

  it('knows that none is as good as none, and one more', () => {
    const none = { ...rowOf(0), limit: { atMost: 0 } };
    expect(complaintAgainstRecord(none, historyOf(none))).toBeUndefined();
    expect(complaintAgainstRecord({ ...none, value: exactly(1) }, historyOf(none))).toBe(
      'worse than 0.00× on 2026-11-28',
    );
  });

  it('can tell while the same twice differed by a tenth at most', () => {
    const fault = 'the same twice differed';
    expect(complaintAgainstRecord({ ...rowOf(1), fault, itself: 1.08 }, historyOf(rowOf(1)))).toBeUndefined();
    expect(complaintAgainstRecord({ ...rowOf(1), fault, itself: 0.85 }, historyOf(rowOf(1)))).toBe(
      "can't tell: the same twice differed",
    );
  });

  it("can't tell what differed by more from round to round", () => {
    const noisy = { ...rowOf(1), value: { value: 1, low: 0.9, high: 1.15 } };
    expect(complaintAgainstRecord(noisy, historyOf(rowOf(1)))).toMatch("can't tell: its rounds");
  });

  it("can't tell what was void when it was recorded, or not recorded, or could not be had now", () => {
    const voidRow = { ...rowOf(1), fault: 'too much else ran' };
    expect(complaintAgainstRecord(rowOf(1), historyOf(voidRow))).toMatch("can't tell: what is recorded");
    expect(complaintAgainstRecord(rowOf(1), undefined)).toMatch("can't tell: nothing is recorded");
    expect(complaintAgainstRecord({ ...rowOf(0), fault: 'Go is missing' }, historyOf(rowOf(1)))).toBe(
      "can't tell: Go is missing",
    );
    expect(complaintAgainstRecord(rowOf(Number.NaN), historyOf(rowOf(1)))).toBe("can't tell: it was not measured");
  });

  it('says of what has a goal that it is not worse, and of other rows nothing', () => {
    expect(quickVerdict(rowOf(1), historyOf(rowOf(1)))).toBe('not worse');
    const withoutGoal: Row = { name: 'get', peer: 'Go', figure: '', value: exactly(0.5), unit: '×' };
    expect(quickVerdict(withoutGoal, historyOf(rowOf(1)))).toBe('');
  });
});
