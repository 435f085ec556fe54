import { projectTests } from '../../vitest.shared.ts';

// Some tests start processes of their own, which takes seconds on a busy machine.
export default projectTests();
