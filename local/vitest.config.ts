import { projectTests } from '../vitest.shared.ts';

export default projectTests({ testTimeout: 120_000, hookTimeout: 120_000 });
