import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The account a Postgres process runs under; undefined is the caller's own. */
export interface PostgresAccount {
  uid: number;
  gid: number;
}

// "nobody" on every Linux: Postgres refuses to run as root, and making a system user for it would be too much.
const nobody: PostgresAccount = { uid: 65534, gid: 65534 };

/** Which account must own `dataDir`: root hands over to the folder's owner, or to nobody for a new folder. */
export function choosePostgresAccount(dataDir: string): PostgresAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  return owner === undefined || owner.uid === 0 ? nobody : { uid: owner.uid, gid: owner.gid };
}

/**
 * Starts a Postgres program in a process group of its own, so that Ctrl-C reaches only the process that started it,
 * and, where `setpriv` exists, bound to the life of this process: it gets SIGINT (a clean stop) when this process dies.
 */
export function spawnPostgresProgram(
  program: string,
  args: readonly string[],
  setting: { account: PostgresAccount | undefined; folders: readonly string[]; stdio: SpawnOptions['stdio'] },
): ChildProcess {
  const { account, folders, stdio } = setting;
  const options: SpawnOptions = { cwd: '/', env: ownEnvironment(), detached: true, stdio: stdio ?? 'ignore' };
  const leash = hasSetpriv() ? ['--pdeathsig=INT'] : [];
  if (account !== undefined && ![program, ...folders].every((path) => canReach(path, account))) {
    return spawn('setpriv', [...rightsToPass(account), ...leash, program, ...args], options);
  }
  if (account !== undefined) Object.assign(options, account);
  return leash.length > 0 ? spawn('setpriv', [...leash, program, ...args], options) : spawn(program, args, options);
}

// The server also reads PGPORT, PGDATESTYLE and the like; what a shell sets for `psql` is not meant for it.
function ownEnvironment(): NodeJS.ProcessEnv {
  // oxlint-disable-next-line node/no-process-env -- what a child would inherit
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PG[A-Z]/.test(name)));
}

/**
 * `setpriv` options for a checkout or data folder below one that only root may enter, such as /root: Postgres runs
 * under its own account and keeps the single right to pass such folders (Docker's default rights suffice for this).
 */
function rightsToPass(account: PostgresAccount): string[] {
  if (!hasSetpriv()) {
    throw new EmbeddedPostgresError(
      'ROOT_CANNOT_DROP_RIGHTS',
      'Postgres does not run as root and other accounts may not enter this folder: start as an ordinary user, or move the checkout and the data folder out of it.',
    );
  }
  return [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    // Without it access(2), by which Postgres finds its own files, ignores the right.
    '--securebits=+no_setuid_fixup',
  ];
}

let setprivWorks: boolean | undefined;

function hasSetpriv(): boolean {
  setprivWorks ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig=INT', 'true']).status === 0;
  return setprivWorks;
}

function canReach(path: string, account: PostgresAccount): boolean {
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bits = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode;
    if ((bits & constants.X_OK) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Whether this process may use `path` as its own folder. */
export function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
