import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerHelp, giveUp } from '@tasktracker/command-line';
import { hasPlentyOfMemory, openScratchFolder, removeScratchFolder } from './scratch-folder.ts';
import { describeFailed, describeSkipped, failedTestsOf, skippedTestsOf, type ReportedTest } from './test-reports.ts';

const usage = `npm test
npm test -- ARGUMENT…

Every check and test of every project through Nx, which skips what has not changed; then the total.
  ARGUMENT   goes to nx run-many, such as --projects=@tasktracker/task or --skip-nx-cache
`;
answerHelp(usage);

// `npm test`: every check and test of every project through Nx, which skips what has not changed; then the total.
const root = fileURLToPath(new URL('../../', import.meta.url));
const checks = ['format', 'lint', 'boundaries', 'unused', 'typecheck'];
const results = '{apps/*,packages/*,*}/.test-results/vitest.json';
const isInstalled = process.env['PATH']?.split(delimiter).some((folder) => existsSync(join(folder, 'nx')));
if (!isInstalled) giveUp('Nx is not installed: run `npm ci`.');
for (const stale of globSync(results, { cwd: root })) rmSync(`${root}${stale}`);

const scratch = openScratchFolder();
// What Node compiles for one of the hundreds of programs that start in a run, it need not compile for the next.
const compileCache = join(scratch, 'compiled');
// Programs in Go (helm, the compiler, lint) end before their garbage matters: a seventh of what they take.
const forGo = hasPlentyOfMemory() ? { GOGC: 'off', GOMEMLIMIT: '1GiB' } : {};
const nx = spawn(
  'nx',
  ['run-many', '-t', ...checks, 'test', '--outputStyle=static', '--nxBail=false', ...process.argv.slice(2)],
  {
    cwd: root,
    env: { ...process.env, TMPDIR: scratch, NODE_COMPILE_CACHE: compileCache, ...forGo },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
// A terminal's Ctrl-C reaches Nx as well; the other signals only this process. It stays to tidy up.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => nx.kill(signal));
const status = await new Promise<number | null>((resolve, reject) => nx.once('close', resolve).once('error', reject));

let passed = 0;
let failed = 0;
const skipped: ReportedTest[] = [];
const broken: ReportedTest[] = [];
for (const file of globSync(results, { cwd: root })) {
  const report: unknown = JSON.parse(readFileSync(`${root}${file}`, 'utf8'));
  passed += countOf(report, 'numPassedTests');
  failed += countOf(report, 'numFailedTests');
  const project = dirname(dirname(file));
  skipped.push(...skippedTestsOf(report, project));
  broken.push(...failedTestsOf(report, project));
}
// A failed check, or a run that ended before its tests, counts as one failure.
if (status === 0) passed += checks.length;
else failed = Math.max(failed, 1);
console.log(
  [
    '',
    ...describeFailed(broken),
    ...describeSkipped(skipped),
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ].join('\n'),
);
process.exitCode = failed > 0 ? 1 : 0;
removeScratchFolder(scratch);

function countOf(report: unknown, key: string): number {
  if (typeof report !== 'object' || report === null || !(key in report)) return 0;
  const count: unknown = Reflect.get(report, key);
  return typeof count === 'number' ? count : 0;
}
