import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '@tasktracker/command-line';
import { connectCluster, writeKubeconfig, type Cluster } from './cluster.ts';
import { runLabel } from './namespaces.ts';
import { removeRun } from './remove-run.ts';

// `npm run test:cluster -- [FILE …]`: the cluster suite on the context that TASKTRACKER_TEST_CONTEXT names, and
// then, whatever happens, the removal of all that it made, unless TASKTRACKER_TEST_RUN names the run to keep.

const root = join(import.meta.dirname, '..');
const report = join(root, '.test-results', 'cluster.json');
const usage = `npm run test:cluster -- [FILE …]

The cluster suite, on the Kubernetes context that TASKTRACKER_TEST_CONTEXT names; it removes all that it made.
  FILE   only the scenarios whose file's name contains this, such as 02
See cluster-tests/README.md for its variables.
`;
const { positionals: files } = readCommandLine(usage, { allowPositionals: true });
const goalSeconds = 25 * 60;

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
  const named = process.env['TASKTRACKER_TEST_RUN'];
  const run = named || randomBytes(3).toString('hex');
  const startedAt = performance.now();
  rmSync(report, { force: true });
  const kubeconfig = writeKubeconfig(context);
  let code: number;
  try {
    code = await runTests(run, kubeconfig.path);
  } finally {
    kubeconfig.remove();
  }
  if (named) console.log(`\nkept; to remove it: ${removal(context, run)}`);
  else code = await remove(cluster, context, run, code);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`\n${seconds} s on ${context}${files.length === 0 ? ` (the goal for all: under ${goalSeconds} s)` : ''}`);
  const { passed, failed, skipped } = readReport();
  console.log(`${passed} passed, ${code === 0 ? failed : Math.max(failed, 1)} failed, ${skipped} skipped`);
  return code;
}

async function remove(cluster: Cluster, context: string, run: string, code: number): Promise<number> {
  try {
    await removeRun(cluster, run);
    return code;
  } catch (error) {
    console.error(`Cluster suite: not all of run ${run} could be removed: ${String(error)}`);
    console.error(`Try again: ${removal(context, run)}`);
    return code === 0 ? 1 : code;
  }
}

function removal(context: string, run: string): string {
  const kubectl = `kubectl --context ${context}`;
  const selector = `--selector ${runLabel}=${run}`;
  const nodes = `${kubectl} uncordon ${selector}; ${kubectl} label nodes ${selector} ${runLabel}-`;
  return `${kubectl} delete namespaces,customresourcedefinitions ${selector}; ${nodes}`;
}

/** Vitest in a process group of its own: Ctrl-C reaches it from here alone, and a second one can't stop the removal. */
function runTests(run: string, kubeconfig: string): Promise<number> {
  const vitest = join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs');
  const args = [vitest, 'run', '--root', root, '--config', join(root, 'vitest.cluster.config.ts')];
  const env = { ...process.env, TASKTRACKER_TEST_RUN: run, TASKTRACKER_TEST_KUBECONFIG: kubeconfig };
  const child = spawn(process.execPath, [...args, ...files], { stdio: 'inherit', detached: true, env });
  let signalled = false;
  const onSignal = (): void => {
    if (!signalled) console.error('\nCluster suite: stopping');
    signalled = true;
    endGroup(child);
  };
  // A terminal that hung up takes no more output, which must not end the removal.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
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
    // The group is gone.
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
