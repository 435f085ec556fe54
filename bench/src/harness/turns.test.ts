import { expect, it } from 'vitest';
import { compare, faultOfMachine, takeTurns } from './turns.ts';

it('each program is warmed once, then each contender has its turns, and each round begins with another one', async () => {
  const said: string[] = [];
  const toRun = (name: string) => async (seconds: number) => void said.push(`${name} ${seconds}`);
  const ours = toRun('ours');
  await takeTurns(
    [
      { name: 'ours', run: ours },
      { name: 'peer', run: toRun('peer'), isSteady: true },
      { name: 'ours again', run: ours },
    ],
    { rounds: 2, seconds: 1, warmSeconds: 3 },
  );
  expect(said).toEqual(['ours 3', 'ours 1', 'peer 1', 'ours 1', 'peer 1', 'ours 1', 'ours 1']);
});

it('one that is only to be seen leaves earlier, and is compared in the rounds that it had', async () => {
  let calls = 0;
  const turns = await takeTurns(
    [
      { name: 'ours', run: async () => ({ calls: (calls += 1) }) },
      { name: 'seen', run: async () => ({ calls: calls * 2 }), rounds: 1 },
    ],
    { rounds: 3, seconds: 1, warmSeconds: 0 },
  );
  expect(turns.get('ours')).toHaveLength(3);
  expect(turns.get('seen')).toEqual([{ calls: 2 }]);
  expect(compare(turns, 'calls', ['ours', 'seen'])).toEqual({ value: 2, low: 2, high: 2 });
});

it('a run is void when the same twice differed by more than 3 %', () => {
  expect(faultOfMachine({ value: 0.971, low: 0.9, high: 1 })).toBeUndefined();
  expect(faultOfMachine({ value: 1.04, low: 1, high: 1.1 })?.itself).toBe(1.04);
});
