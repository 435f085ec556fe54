// The row R6 of docs/reliability.md: `npm run measure:migrations -w release-before`. The release before serves from databases with a
// million tasks, accounts and sessions, at half of its peak, while this tree's migrations are applied to them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readCommandLine, readCount } from '@tasktracker/command-line';
import { migrate } from '@tasktracker/postgres';
import { checkOutRelease, releaseBefore, repository } from './check-out-release.ts';
import { fillDatabases } from './fill-databases.ts';
import { watchLocks, type LockWait } from './lock-watch.ts';
import { startRelease } from './release-stack.ts';
import { createSteadyLoad } from './steady-load.ts';

const usage = `npm run measure:migrations -w release-before [-- --rows 1000000] [--seconds 10]

  --rows     tasks, accounts and sessions in the databases
  --seconds  of load before the migrations and after them
`;
const { values } = readCommandLine(usage, {
  options: { rows: { type: 'string', default: '1000000' }, seconds: { type: 'string', default: '10' } },
});
const rows = readCount('rows', values.rows, usage);
const quietMs = readCount('seconds', values.seconds, usage) * 1_000;
const longestWaitMs = 100;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const log = { info: say, warn: say };
const folder = mkdtempSync(join(tmpdir(), 'tasktracker-migrations-'));
let isWithinGoal = true;
try {
  await checkOutRelease(folder);
  const stack = await startRelease(folder);
  try {
    const load = await createSteadyLoad(stack.url);
    say(`${releaseBefore.slice(0, 9)} serves; making ${rows} tasks, accounts and sessions`);
    await fillDatabases(stack.migrateUrls, rows);
    await load.signInAgain();
    const half = (await load.measurePeak(quietMs)) / 2;
    const before = load.start(half);
    await delay(quietMs);
    const { p99 } = await before.stop();

    const running = load.start(half);
    for (const [service, connectionString] of stack.migrateUrls) {
      const watch = await watchLocks(connectionString);
      const startedAt = performance.now();
      const migrationsDir = join(repository, 'apps', service, 'prisma/migrations');
      const { applied } = await migrate({ migrationsDir, connectionString, log });
      const took = performance.now() - startedAt;
      report(service, applied.length, took, await watch.stop());
    }
    await delay(quietMs);
    const result = await running.stop();
    await load.close();
    const failures = Object.entries(result.failures).map(([what, count]) => `${count} of ${what}`);
    if (failures.length > 0) isWithinGoal = false;
    say(
      `${result.requests} requests at ${half.toFixed(0)}/s, half of the peak: ${failures.join(', ') || 'no failures'}; ` +
        `p99 ${result.p99.toFixed(0)} ms (${p99.toFixed(0)} ms before), longest ${result.longest.toFixed(0)} ms`,
    );
  } finally {
    await stack.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = isWithinGoal ? 0 : 1;

function report(service: string, count: number, took: number, { milliseconds, lock }: LockWait): void {
  if (milliseconds > longestWaitMs) isWithinGoal = false;
  say(
    `${service}: ${count} migrations in ${(took / 1_000).toFixed(1)} s, longest wait for a lock ${milliseconds.toFixed(0)} ms (${lock})`,
  );
}
