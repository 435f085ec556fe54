import { projectTests } from '../../vitest.shared.ts';

export default projectTests({ globalSetup: 'test/test-server-setup.ts' });
