import { describe, expect, it } from 'vitest';
import { describeSkipped, skippedTestsOf } from '../src/skipped-tests.ts';

const report = {
  testResults: [
    {
      assertionResults: [
        { fullName: 'one', status: 'passed', meta: {} },
        { fullName: 'two', status: 'skipped', meta: { needs: 'helm on the PATH' } },
        { fullName: 'three', status: 'pending', meta: { needs: 'helm on the PATH' } },
        { fullName: 'four', status: 'skipped', meta: {} },
      ],
    },
  ],
};

describe('the end of npm test', () => {
  it('says how many tests were skipped, and what they need', () => {
    expect(describeSkipped(skippedTestsOf(report, 'helm'))).toEqual([
      '2 skipped in helm: needs helm on the PATH',
      '1 skipped in helm: four',
    ]);
  });

  it('does not mention them when all ran, or there is no report', () => {
    expect(describeSkipped(skippedTestsOf({ testResults: [] }, 'helm'))).toEqual([]);
    expect(describeSkipped(skippedTestsOf(undefined, 'helm'))).toEqual([]);
  });
});
