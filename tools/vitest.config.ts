import { projectTests } from '../vitest.shared.ts';

// Most tests here start programs, which can take long on a busy machine.
export default projectTests({ testTimeout: 60_000 });
