import { projectTests } from '../../vitest.shared.ts';

export default projectTests({ globalSetup: 'test/database-setup.ts' });
