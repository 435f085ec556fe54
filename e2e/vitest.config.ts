import { projectTests } from '../vitest.shared.ts';

const journeys = {
  setupFiles: ['src/clean-up-accounts.ts'],
  pool: 'threads' as const,
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

// The races ask for far more password hashes at once than a service queues, so they run when all else has ended.
export default projectTests({
  // Each project names its own files; those named here would be added to them.
  include: [],
  globalSetup: ['src/system-under-test.ts'],
  maxWorkers: 4,
  projects: [
    {
      test: { name: 'documents', include: ['src/**/*.test.ts'], testTimeout: 30_000, sequence: { groupOrder: 0 } },
    },
    {
      test: {
        ...journeys,
        name: 'journeys',
        include: ['test/**/*.journey.test.ts'],
        exclude: ['test/races.journey.test.ts'],
        sequence: { groupOrder: 0 },
      },
    },
    { test: { ...journeys, name: 'races', include: ['test/races.journey.test.ts'], sequence: { groupOrder: 1 } } },
  ],
});
