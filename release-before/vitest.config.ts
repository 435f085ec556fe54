import { projectTests } from '../vitest.shared.ts';

export default projectTests({ testTimeout: 300_000, hookTimeout: 60_000 });
