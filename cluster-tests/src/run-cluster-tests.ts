import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectCluster, type Cluster } from './cluster.ts';
import { removeRun } from './remove-run.ts';

// `npm run test:cluster -- [FILE …]`: the cluster suite against the context that TASKTRACKER_TEST_CONTEXT names, and
// whatever happens to it, the removal of all that it made.

const root = join(import.meta.dirname, '..');
const report = join(root, '.test-results', 'cluster.json');

process.exitCode = await main(process.env['TASKTRACKER_TEST_CONTEXT']);

async function main(context: string | undefined): Promise<number> {
  if (context === undefined || context === '') {
    const why = 'TASKTRACKER_TEST_CONTEXT names no Kubernetes context';
    console.log(`Cluster suite skipped, ${why}: 0 passed, 0 failed, ${countTests()} skipped`);
    return 0;
  }
  let cluster: Cluster;
  try {
    cluster = connectCluster(context);
  } catch (error) {
    console.error(`Cluster suite: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  const run = randomBytes(3).toString('hex');
  const startedAt = performance.now();
  rmSync(report, { force: true });
  const interrupted = runTests(context, run);
  const code = await interrupted;
  try {
    await removeRun(cluster, run);
  } catch (error) {
    console.error(`Cluster suite: not all of run ${run} could be removed: ${String(error)}`);
    return 1;
  }
  console.log(`\n${Math.round((performance.now() - startedAt) / 1_000)} s on ${context}`);
  const { passed, failed, skipped } = readReport();
  console.log(`${passed} passed, ${code === 0 ? failed : Math.max(failed, 1)} failed, ${skipped} skipped`);
  return code;
}

/** Vitest in a process group of its own: Ctrl-C reaches it from here alone, and a second one can't stop the removal. */
function runTests(context: string, run: string): Promise<number> {
  const vitest = join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs');
  const args = [vitest, 'run', '--root', root, '--config', join(root, 'vitest.cluster.config.ts')];
  const env = { ...process.env, TASKTRACKER_TEST_CONTEXT: context, TASKTRACKER_TEST_RUN: run };
  const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], { stdio: 'inherit', detached: true, env });
  let signalled = false;
  const onSignal = (): void => {
    if (!signalled) console.error('\nCluster suite: stopping; removing what it made');
    signalled = true;
    endGroup(child);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      endGroup(child);
      resolve(signalled ? 130 : (code ?? 1));
    });
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

function countTests(): number {
  const sources = globSync('test/*.cluster.test.ts', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  return sources.reduce((sum, source) => sum + (source.match(/^\s*it(?:\.\w+\([^)]*\))?\(/gm)?.length ?? 0), 0);
}

function readReport(): { passed: number; failed: number; skipped: number } {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 };
  const counts: { numPassedTests: number; numFailedTests: number; numPendingTests: number } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return { passed: counts.numPassedTests, failed: counts.numFailedTests, skipped: counts.numPendingTests };
}
