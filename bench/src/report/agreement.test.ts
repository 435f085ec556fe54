import { describe, expect, it } from 'vitest';
import type { Row } from '../goals/goal.ts';
import { agreementOf, pairRows } from './agreement.ts';

const rowOf = (value: number, { name = 'get', low = value, high = value, fault = '' } = {}): Row => ({
  name,
  peer: 'Go',
  figure: '',
  value: { value, low, high },
  unit: '×',
  ...(fault !== '' && { fault }),
});

const agreement = (newest: Row, other: Row): string => agreementOf({ newest, other });

describe('two runs', () => {
  it.each([
    [1, 1.09, 'agree'],
    [1.09, 1, 'agree'],
    [1, 1.12, 'differ'],
    [1.12, 1, 'differ'],
    [0, 0, 'agree'],
    [0, 1, 'differ'],
  ])('agree within a tenth: %d and %d', (one, two, expected) => {
    expect(agreement(rowOf(one), rowOf(two))).toBe(expected);
  });

  it('do not agree just because both were noisy', () => {
    expect(agreement(rowOf(1, { low: 0.5, high: 2 }), rowOf(1.5, { low: 0.6, high: 3 }))).toBe('differ');
  });

  it('agree on what may be nothing if their intervals overlap', () => {
    const nothing = rowOf(0.01, { low: -0.02, high: 0.03 });
    expect(agreement(nothing, rowOf(-0.01, { low: -0.03, high: -0.01 }))).toBe('agree');
    expect(agreement(nothing, rowOf(0.2, { low: 0.1, high: 0.3 }))).toBe('differ');
  });

  it('say nothing where one was void', () => {
    expect(agreement(rowOf(1), rowOf(1, { fault: 'too much else ran' }))).toBe('void in one');
    expect(agreement(rowOf(1, { fault: 'too much else ran' }), rowOf(1))).toBe('void in one');
  });

  it('are compared by name and peer, and what only one has is not lost', () => {
    const pairs = pairRows([rowOf(1), rowOf(2, { name: 'new' })], [rowOf(3, { name: 'old' }), rowOf(4)]);
    expect(pairs.map(({ newest, other }) => [newest?.value.value, other?.value.value])).toEqual([
      [1, 4],
      [2, undefined],
      [undefined, 3],
    ]);
    expect(pairs.map(agreementOf)).toEqual(['differ', 'only in one', 'only in one']);
  });
});
