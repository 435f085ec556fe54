import { expect, it } from 'vitest';
import { compare, faultOfMachine, joinTurns, takeTurns } from './turns.ts';

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

it('a round of turns that can be joined is taken in slices of a second, each time from another contender on', async () => {
  const said: string[] = [];
  const toContender = (name: string, requestsPerSecond: number) => ({
    name,
    async run(seconds: number) {
      said.push(`${name} ${seconds}`);
      return { requestsPerSecond: requestsPerSecond * said.length, cpuMicrosPerRequest: 10 };
    },
  });
  const sizes = { rounds: 1, seconds: 2, warmSeconds: 0 };
  const turns = await takeTurns([toContender('ours', 100), toContender('peer', 200)], sizes, joinTurns);
  expect(said).toEqual(['ours 1', 'peer 1', 'peer 1', 'ours 1']);
  expect(turns.get('ours')).toEqual([{ requestsPerSecond: 250, cpuMicrosPerRequest: 10 }]);
});

it('a request of a joined turn costs what all its slices spent, over all their requests', () => {
  const slices = [
    { requestsPerSecond: 300, cpuMicrosPerRequest: 10 },
    { requestsPerSecond: 100, cpuMicrosPerRequest: 30 },
  ];
  expect(joinTurns(slices)).toEqual({ requestsPerSecond: 200, cpuMicrosPerRequest: 15 });
});
