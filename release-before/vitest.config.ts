import { projectTests } from '../vitest.shared.ts';

export default projectTests({ testTimeout: 300_000 });
