import { describe, expect, it } from 'vitest';
import type { Row } from '../goals/goal.ts';
import type { GoalHistory } from './records.ts';
import { complaintAgainstRecord } from './worse.ts';

const rowOf = (value: number): Row => ({
  name: 'get: per second',
  peer: 'Go',
  figure: '',
  value: { value, low: value, high: value },
  unit: '×',
  limit: { atLeast: 0.85 },
});

const historyOf = (value: number): GoalHistory => ({
  id: 'P5',
  title: '',
  records: [
    {
      date: '2026-11-28',
      commit: 'e700208c',
      machine: { cpu: '', cores: 2, memoryGib: 24, id: '', node: '', loadBefore: 0 },
      sizes: { rounds: 7, seconds: 8 },
      rows: [rowOf(value)],
      plots: [],
    },
  ],
});

describe('a quick run beside what is recorded', () => {
  it('takes a tenth for noise, and more for worse', () => {
    expect(complaintAgainstRecord(rowOf(0.91), historyOf(1))).toBeUndefined();
    expect(complaintAgainstRecord(rowOf(0.89), historyOf(1))).toBe('worse than 1.00× on 2026-11-28');
  });

  it('says why a peer could not be had now, and that there was none then', () => {
    expect(complaintAgainstRecord({ ...rowOf(0), fault: 'Go is missing' }, historyOf(1))).toBe('Go is missing');
    expect(complaintAgainstRecord(rowOf(1), historyOf(0))).toBe('it was not measured');
  });
});
