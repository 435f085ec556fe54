import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeReadFault, isErrno, StartError } from './start-error.ts';

/** Names the Postgres to use if nothing on the command line does. */
export const databaseUrlVariable = 'TASKTRACKER_DATABASE_URL';

interface DatabaseUrlSources {
  readonly 'database-url'?: string | undefined;
  readonly 'database-url-file'?: string | undefined;
}

/**
 * The URL of an existing Postgres, from the command line, from a file, or else from the environment; undefined when
 * none is named. Never repeats the URL: it may hold a password.
 */
export function readDatabaseUrl(
  values: DatabaseUrlSources,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const { 'database-url': given, 'database-url-file': file } = values;
  if (given !== undefined && file !== undefined)
    throw new StartError('Give --database-url or --database-url-file, not both.');
  if (given !== undefined) return checked(given, '--database-url');
  if (file !== undefined) return checked(readText(resolve(baseDir, file)), `The file of --database-url-file`);
  const fromEnv = env[databaseUrlVariable];
  return fromEnv === undefined || fromEnv === '' ? undefined : checked(fromEnv, databaseUrlVariable);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (!isErrno(error)) throw error;
    throw new StartError(`The file ${file} of --database-url-file can't be read: ${describeReadFault(error)}.`);
  }
}

function checked(text: string, source: string): string {
  const url = URL.parse(text);
  if (url !== null && ['postgres:', 'postgresql:'].includes(url.protocol) && url.hostname !== '') return text;
  throw new StartError(`${source} needs a URL such as postgres://name:password@host:5432/postgres.`);
}

/** Where a database is, without its password. */
export function describeServer(databaseUrl: string): string {
  const { hostname, port } = new URL(databaseUrl);
  return `Postgres at ${hostname}:${port || '5432'}`;
}
