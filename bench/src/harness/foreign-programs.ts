import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findOrInstall } from './debian-programs.ts';
import { readTaskStatements } from './task-statements.ts';

/** How a program of another language is started, or a sentence that says what is missing. */
export type ForeignProgram =
  | { readonly command: string; readonly args: readonly string[] }
  | { readonly missing: string };

const peers = fileURLToPath(new URL('../../peers/', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/tasktracker-bench/', import.meta.url));
/** Downloads included. */
const mostMs = 300_000;
const execute = promisify(execFile);

/** FastAPI on one worker, in a virtual environment that is made once for each list of requirements. */
export async function prepareFastApi(): Promise<ForeignProgram> {
  const python = findOrInstall('python3', 'python3-venv');
  if (python === undefined) return { missing: 'Python is missing' };
  const requirements = join(peers, 'fastapi', 'requirements.txt');
  const made = await makeOnce('fastapi', [requirements], async (folder) => {
    await run(python, ['-m', 'venv', folder], peers);
    await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '-r', requirements], peers);
  });
  if (typeof made !== 'string') return made;
  return {
    command: join(made, 'bin', 'python'),
    args: ['-B', join(peers, 'fastapi', 'main.py'), await writeStatements()],
  };
}

/** Go on one processor, built once for each state of its sources. */
export async function prepareGo(): Promise<ForeignProgram> {
  const go = findOrInstall('go', 'golang-go');
  if (go === undefined) return { missing: 'Go is missing' };
  const sources = join(peers, 'go');
  const files = readdirSync(sources).map((name) => join(sources, name));
  const made = await makeOnce('go', files, (folder) => run(go, ['build', '-o', join(folder, 'tasks'), '.'], sources));
  if (typeof made !== 'string') return made;
  return { command: 'env', args: ['GOMAXPROCS=1', join(made, 'tasks'), await writeStatements()] };
}

/** A folder that `make` has filled for these files, now or earlier; or why it could not. */
async function makeOnce(
  name: string,
  files: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string | { readonly missing: string }> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 16)}`);
  const isMade = join(folder, 'made'); // written last: a folder without it was left half made
  if (existsSync(isMade)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.error(`making ${name} ready`);
  try {
    await make(folder);
  } catch (error) {
    return { missing: `${name} could not be made ready: ${lastLine(error)}` };
  }
  writeFileSync(isMade, '');
  return folder;
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  await execute(command, args, { cwd, timeout: mostMs, env: { ...process.env, CGO_ENABLED: '0' } });
}

/** What a tool says last is usually why it gave up. */
function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trimEnd().split('\n').at(-1) ?? text;
}

/** The SQL of the task service in a JSON file. */
async function writeStatements(): Promise<string> {
  const file = join(cache, 'statements.json');
  writeFileSync(file, JSON.stringify(await readTaskStatements()));
  return file;
}
