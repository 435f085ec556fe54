import { projectTests } from '../vitest.shared.ts';

// A start of everything takes 5 s by itself, and several times that beside other projects' tests.
export default projectTests({ testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });
