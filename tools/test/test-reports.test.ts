import { describe, expect, it } from 'vitest';
import { describeFailed, describeSkipped, failedTestsOf, skippedTestsOf } from '../src/test-reports.ts';

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

  it('repeats each failed test with its file and how it failed, and a file that failed as a whole', () => {
    const failed = {
      testResults: [
        {
          name: '/here/a.test.ts',
          status: 'failed',
          message: '',
          assertionResults: [
            { fullName: 'one', status: 'passed', failureMessages: [] },
            {
              fullName: 'two',
              status: 'failed',
              failureMessages: ['\u001b[31mAssertionError\u001b[39m: 1 is not 2\n    at x'],
            },
          ],
        },
        { name: '/here/b.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] },
      ],
    };
    expect(describeFailed(failedTestsOf(failed, 'helm'))).toEqual([
      'failed in helm: the file as a whole',
      '  /here/b.test.ts',
      '  Cannot find module',
      '',
      'failed in helm: two',
      '  /here/a.test.ts',
      '  AssertionError: 1 is not 2',
      '      at x',
      '',
    ]);
    expect(describeFailed(failedTestsOf(report, 'helm'))).toEqual([]);
  });

  it('shortens a failure that fills the screen', () => {
    const test = { fullName: 'one', status: 'failed', failureMessages: ['line\n'.repeat(100)] };
    const lines = describeFailed(failedTestsOf({ testResults: [{ name: 'f', assertionResults: [test] }] }, 'helm'));
    expect(lines).toHaveLength(2 + 25 + 2);
    expect(lines.at(-2)).toBe('  (75 more lines above)');
  });
});
