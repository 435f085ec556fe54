import { projectTests } from '../../vitest.shared.ts';

export default projectTests({
  globalSetup: 'test/database-setup.ts',
  testTimeout: 60_000,
  hookTimeout: 60_000,
});
