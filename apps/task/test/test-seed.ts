import { newSeed } from '@tasktracker/seeded-random';

/** TEST_SEED, by which a failed test is repeated, or a new one. */
export function testSeed(): string {
  return process.env['TEST_SEED'] ?? newSeed();
}
