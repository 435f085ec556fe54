import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAttemptRepository, type AttemptRepository } from '../src/attempts/attempt-repository.ts';
import { TestService } from './user-service.ts';

let service: TestService;
let attempts: AttemptRepository;

beforeAll(async () => {
  service = await TestService.start();
  attempts = createAttemptRepository(service.pool);
});
afterAll(() => service.stop());

/** Enough that Postgres, left alone, takes them in an order of its own. */
const keys = Array.from({ length: 40 }, () => randomBytes(16).toString('hex'));

const setAll = (): Promise<boolean> => attempts.replace(keys.map((key) => ({ key, from: [], to: [1, 2, 3] })));

it.each([
  ['take one back', (some: string[], time: number) => attempts.takeBack(some, time)],
  ['forget all', (some: string[]) => attempts.forget(some)],
  ['delete old ones', () => attempts.deleteOld(new Date('2030-01-01'), new Date(0), keys.length)],
] as const)(
  'tries of the same keys that %s at the same moment wait for each other, and none fails',
  { tags: ['sign-in-limit'] },
  async (_name, work) => {
    for (let round = 0; round < 40; round += 1) {
      await setAll();
      const calls = Array.from({ length: 4 }, (_, turn) => {
        const other = turn % 2 === 0 ? keys : keys.toReversed();
        return [work([...other], 1 + (turn % 3)), attempts.takeBack([...other].toReversed(), 2)];
      });
      await Promise.all(calls.flat());
      await attempts.forget(keys);
    }
    expect(await attempts.read(keys, undefined)).toMatchObject({ times: keys.map(() => []) });
  },
);
