import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '@tasktracker/seeded-random';
import { explainNotLinearizable, type RegisterUse } from './register.ts';

const use =
  (kind: RegisterUse['kind']) =>
  (value: string, startedAt: number, endedAt: number): RegisterUse => ({ kind, value, startedAt, endedAt });
const write = use('write');
const read = use('read');

describe('a register', () => {
  it.each<[string, RegisterUse[]]>([
    ['a read after a write', [write('a', 0, 1), read('a', 2, 3)]],
    ['reads of either while a write runs', [write('a', 0, 1), write('b', 2, 9), read('a', 3, 4), read('b', 5, 6)]],
    ['a write without an end that nobody reads', [write('a', 0, 1), write('b', 2, Infinity), read('a', 10, 11)]],
    [
      'a write without an end that takes effect late',
      [write('a', 0, 1), write('b', 2, Infinity), read('a', 10, 11), read('b', 12, 13)],
    ],
    ['two writes at once, in either order', [write('a', 0, 5), write('b', 1, 4), read('a', 6, 7)]],
  ])('may show %s', (_what, uses) => {
    expect(explainNotLinearizable(uses)).toBeUndefined();
  });

  it.each<[string, RegisterUse[]]>([
    ['a write that is not there later', [write('a', 0, 1), write('b', 2, 3), read('a', 4, 5)]],
    [
      'a value that comes back',
      [write('a', 0, 1), write('b', 2, 9), read('b', 3, 4), read('a', 5, 6), read('b', 10, 11)],
    ],
    ['a value before it is written', [read('a', 0, 1), write('a', 2, 3)]],
    ['a value that nobody wrote', [write('a', 0, 1), read('x', 2, 3)]],
    [
      'two readers that see two writes in different orders',
      [write('a', 0, 10), write('b', 0, 10), read('a', 11, 12), read('b', 13, 14), read('a', 15, 16)],
    ],
  ])('never shows %s', (_what, uses) => {
    expect(explainNotLinearizable(uses)).toBeDefined();
  });

  it('agrees with trying every order, for small histories', () => {
    const random = createSeededRandom('register', 'histories');
    let broken = 0;
    for (let round = 0; round < 3_000; round += 1) {
      const uses = randomHistory();
      const expected = isLinearizable(uses, undefined);
      expect(explainNotLinearizable(uses) === undefined, JSON.stringify(uses)).toBe(expected);
      if (!expected) broken += 1;
    }
    expect(broken).toBeGreaterThan(300);
    expect(broken).toBeLessThan(2_700);

    function randomHistory(): RegisterUse[] {
      // No two times are the same.
      const times = Array.from({ length: 40 }, (_, at) => at);
      const draw = (): number => times.splice(random.below(times.length), 1)[0] ?? 0;
      const values = ['a', 'b', 'c'];
      return [
        ...values.map((value) => between('write', value)),
        ...Array.from({ length: 3 }, () => between('read', random.pick(values))),
      ];

      function between(kind: RegisterUse['kind'], value: string): RegisterUse {
        const [from, to] = [draw(), draw()];
        const startedAt = Math.min(from, to);
        // Of a write whose end is unknown it is not known either whether it happened.
        const endedAt = kind === 'write' && random.chance(0.2) ? Infinity : Math.max(from, to);
        return { kind, value, startedAt, endedAt };
      }
    }
  });
});

/** By trying all: what ends before all others start comes first; a write without an end may be left out. */
function isLinearizable(left: readonly RegisterUse[], value: string | undefined): boolean {
  if (left.every(({ endedAt }) => endedAt === Infinity)) return true;
  const firstEnd = Math.min(...left.map(({ endedAt }) => endedAt));
  return left.some((next) => {
    if (next.startedAt > firstEnd || (next.kind === 'read' && next.value !== value)) return false;
    return isLinearizable(
      left.filter((other) => other !== next),
      next.kind === 'write' ? next.value : value,
    );
  });
}
