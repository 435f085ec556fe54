import { once } from 'node:events';
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { locatePostgresBinaries, postgresMajorVersion } from './postgres-binaries.ts';
import { isWritableFolder, spawnPostgresProgram } from './postgres-process.ts';
import type { PostgresAccount } from './postgres-process.ts';
import { readProcessFacts } from './process-facts.ts';

interface DataFolder {
  dataDir: string;
  account: PostgresAccount | undefined;
  password: string;
  /** False: initdb does not wait for the disk. */
  durable: boolean;
}

/** Makes sure that `dataDir` is a data folder of this Postgres; makes it if it isn't there, and never by halves. */
export async function prepareDataFolder(folder: DataFolder): Promise<void> {
  const { dataDir } = folder;
  try {
    await mkdir(dirname(dataDir), { recursive: true });
    const content = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    if (content.length === 0) await makeDataFolder(folder);
    else await checkDataFolder(dataDir, content);
  } catch (error) {
    throw toFolderError(dataDir, error);
  }
}

async function checkDataFolder(dataDir: string, content: string[]): Promise<void> {
  if (!content.includes('PG_VERSION')) {
    throw new EmbeddedPostgresError(
      'NOT_A_DATA_FOLDER',
      `${dataDir} holds files, but is not a Postgres data folder: choose another folder, or empty this one.`,
    );
  }
  const version = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
  if (version !== String(postgresMajorVersion)) {
    throw new EmbeddedPostgresError(
      'WRONG_MAJOR_VERSION',
      `The data folder ${dataDir} was made by Postgres ${version}, but this is Postgres ${postgresMajorVersion}: choose another data folder, or dump the old one with Postgres ${version} and load the dump here.`,
    );
  }
  if (!isWritableFolder(dataDir)) throw notWritable(dataDir);
}

// initdb works beside the final place and the result is moved there, so an interrupted one leaves no half-made folder.
async function makeDataFolder(folder: DataFolder): Promise<void> {
  const { dataDir, account } = folder;
  await removeAbandoned(dataDir);
  const unfinished = `${dataDir}.making-${process.pid}`;
  await mkdir(unfinished, { mode: 0o700 });
  const passwordFile = `${unfinished}.password`;
  try {
    await writeFile(passwordFile, `${folder.password}\n`, { mode: 0o600, flag: 'wx' });
    if (account !== undefined) {
      for (const path of [unfinished, passwordFile]) await chown(path, account.uid, account.gid);
    }
    await runInitdb(folder, unfinished, passwordFile);
    await rename(unfinished, dataDir);
    if (folder.durable) await syncFolder(dirname(dataDir));
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

// A new name is durable only once the folder that holds it is.
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}

async function removeAbandoned(dataDir: string): Promise<void> {
  const prefix = `${basename(dataDir)}.making-`;
  for (const name of await readdir(dirname(dataDir))) {
    if (name.startsWith(prefix) && readProcessFacts(Number.parseInt(name.slice(prefix.length), 10)) === undefined) {
      await rm(join(dirname(dataDir), name), { recursive: true, force: true });
    }
  }
}

async function runInitdb(folder: DataFolder, target: string, passwordFile: string): Promise<void> {
  const { initdb } = locatePostgresBinaries();
  const args = [
    `--pgdata=${target}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorts and folds case alike on every machine: nothing depends on the system's locales.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(folder.durable ? [] : ['--no-sync']),
  ];
  const child = spawnPostgresProgram(initdb, args, {
    account: folder.account,
    folders: [target],
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const complaints = child.stderr === null ? '' : text(child.stderr);
  const [exitCode] = await once(child, 'close');
  if (exitCode === 0) return;
  const said = (await complaints).trim();
  if (speaksOfFullDisk(said)) throw diskFull(folder.dataDir);
  throw new EmbeddedPostgresError('START_FAILED', `The data folder ${folder.dataDir} can't be made: ${said}`);
}

function toFolderError(dataDir: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return notWritable(dataDir, error);
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(dataDir, error);
    case 'ENOTEMPTY':
      return dataFolderInUse(dataDir);
    default:
      return error;
  }
}

function notWritable(dataDir: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'DATA_FOLDER_NOT_WRITABLE',
    `The data folder ${dataDir} can't be written by this account: choose another folder, or change its owner.`,
    { cause },
  );
}

/** Whether Postgres complains about this. */
export function speaksOfFullDisk(said: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(said);
}

export function diskFull(dataDir: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'DISK_FULL',
    `There is no space left on the disk that holds ${dataDir}: make room, or choose another data folder.`,
    { cause },
  );
}

export function dataFolderInUse(dataDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'DATA_FOLDER_IN_USE',
    `The data folder ${dataDir} is in use by a running Postgres: stop it, or choose another data folder.`,
  );
}
