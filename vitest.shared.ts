import { promiseTags } from './tools/src/contract-promises.ts';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

declare module 'vitest' {
  interface TaskMeta {
    /** What a test needs that is skipped here; `npm test` says it last. */
    needs?: string;
  }
}

/** Every project's tests: unit beside the code, integration in `test/`. The JSON report is what `npm test` adds up. */
export function projectTests(overrides: NonNullable<ViteUserConfig['test']> = {}): ViteUserConfig {
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      tags: promiseTags,
      isolate: false, // files of a project share their imports: a quarter of its time
      testTimeout: 30_000, // for tests that hang; a busy machine must not fail a good one
      hookTimeout: 60_000,
      expect: { poll: { timeout: 20_000 } }, // not the default second, for the same reason
      reporters: ['default', ['json', { outputFile: '.test-results/vitest.json' }]],
      ...overrides,
    },
  });
}
