import { projectTests } from '../../vitest.shared.ts';

/** The suites that a new service must leave green, for one run in place of eight: most take less than a start of Vitest. */
export default projectTests({
  include: [],
  projects: ['apps/tag', 'apps/notes', 'apps/gateway', 'packages/api-client', 'packages/contracts', 'tools', 'helm'],
});
