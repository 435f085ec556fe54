import { projectTests } from '../../vitest.shared.ts';

export default projectTests({ globalSetup: 'test/template-setup.ts', testTimeout: 60_000 });
