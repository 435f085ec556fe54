import { projectTests } from '../vitest.shared.ts';

// The harness alone; the cluster suite has its own configuration.
export default projectTests({ include: ['src/**/*.test.ts'] });
