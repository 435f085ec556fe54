import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By name: the scenarios share one installation, one after the other. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.cluster.test.ts'],
    globalSetup: ['src/prepare-suite.ts'],
    sequence: { sequencer: ByName },
    fileParallelism: false,
    // The waits inside have deadlines and say what they waited for; a test that timed out would run on beside the next.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    reporters: ['verbose', ['json', { outputFile: '.test-results/cluster.json' }]],
  },
});
