import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { repository } from './check-out-release.ts';

interface State {
  readonly pid: number;
  readonly url: string;
  readonly ready: boolean;
  readonly databaseUrls: Readonly<Record<string, string>>;
}

export interface ReleaseStack {
  /** Of its gateway. */
  readonly url: string;
  /** The services that have a database, each with its owner's URL. */
  readonly migrateUrls: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

const exitWithParent = pathToFileURL(join(repository, 'local/src/processes/exit-with-parent.ts')).href;

/** Starts a release as `npm start` does, on free ports; resolves when it is ready. */
export async function startRelease(folder: string): Promise<ReleaseStack> {
  const dataDir = join(folder, '.tasktracker');
  const args = ['--import', exitWithParent, 'local/src/start.ts', '--port', '0', '--data-dir', dataDir];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: plainEnv(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const state = await Promise.race([untilReady(join(dataDir, 'stack.json'), child), exited]);
  if (!state) throw new Error(`The release before did not start:\n${printed.join('')}`);
  const toMigrateUrl = ([service, appUrl]: [string, string]): [string, string] => {
    const url = new URL(appUrl);
    url.username = `${service}_migrate`;
    url.password = readFileSync(join(dataDir, 'secrets', `${service}-migrate-password`), 'utf8').trim();
    return [service, url.href];
  };
  return {
    url: state.url,
    migrateUrls: new Map(Object.entries(state.databaseUrls).map(toMigrateUrl)),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function untilReady(file: string, child: ChildProcess): Promise<State | undefined> {
  while (child.exitCode === null && child.signalCode === null) {
    const state = readState(file);
    if (state?.pid === child.pid && state?.ready === true) return state;
    await delay(50);
  }
  return undefined;
}

function readState(file: string): State | undefined {
  try {
    const state: State = JSON.parse(readFileSync(file, 'utf8'));
    return state;
  } catch {
    return undefined; // not there yet
  }
}

/** Runs a release's own journeys against it; resolves to what failed, which is nothing when all is well. */
export function runJourneys(folder: string, url: string, files: readonly string[]): Promise<string> {
  const args = ['e2e/src/run-journeys.ts', '--url', url, ...files];
  const child = spawn(process.execPath, args, { cwd: folder, env: plainEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve(code === 0 ? '' : printed.join(''))));
}

/** Without what this test's own runner has put there. */
function plainEnv(): NodeJS.ProcessEnv {
  const own = /^(VITEST|TEST$|NODE_ENV$|MODE$|DEV$|PROD$|SSR$|BASE_URL$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}
