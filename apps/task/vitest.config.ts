import { projectTests } from '../../vitest.shared.ts';

export default projectTests({ globalSetup: 'test/database-setup.ts', testTimeout: 30_000, hookTimeout: 60_000 });
