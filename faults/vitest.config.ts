import { projectTests } from '../vitest.shared.ts';

export default projectTests({ testTimeout: 180_000, hookTimeout: 120_000 });
