import { projectTests } from '../vitest.shared.ts';

export default projectTests({ testTimeout: 30_000 });
