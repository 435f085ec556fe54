import { resolve } from 'node:path';
import { gateway, services } from '@tasktracker/contracts/services';
import { parseCommandLine } from './command-line.ts';
import { databaseUrlVariable, readDatabaseUrl } from './database-url.ts';
import { repositoryDir } from './repository-dir.ts';
import { StartError } from './start-error.ts';

export interface StartOptions {
  /** The gateway's port; the services follow it. 0: any free ones. */
  readonly port: number;
  readonly dataDir: string;
  /** An existing Postgres instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Service logs on the terminal too. */
  readonly logs: boolean;
}

const highestPort = 65535 - services.length;

export const startHelp = `Usage: npm start -- [options]

  --port PORT          port of the gateway; the services take the next ${services.length}
                       (default ${gateway.port}; 0: any free ones)
  --data-dir DIR       where data, secrets and logs are (default .tasktracker)
  --database-url URL   use this Postgres 18 instead of the embedded one; its
                       role may create databases and roles
  --database-url-file FILE
                       the same, from a file
  --logs               show the services' logs here too
  --help               show this

A URL with a password on the command line shows in the list of processes: put it
into a file, or into ${databaseUrlVariable}.
Other variables of the environment reach the services, as in
  PASSWORD_MIN_LENGTH=6 LOG_LEVEL=debug npm start
`;

const needs = {
  port: `a number up to ${highestPort}, for example --port 18000`,
  'data-dir': 'a folder, for example --data-dir ./data',
  'database-url': 'a URL such as postgres://name:password@host:5432/postgres',
  'database-url-file': 'a file that holds a URL such as postgres://name:password@host:5432/postgres',
};

/** `help` when that is asked for. @throws StartError in one sentence for anything it can't understand. */
export function parseStartOptions(
  args: readonly string[],
  baseDir: string,
  env: NodeJS.ProcessEnv,
): StartOptions | 'help' {
  const values = parseOptions(args);
  if (values.help) return 'help';
  return {
    port: toPort(values.port),
    dataDir: toDataDir(values['data-dir'], baseDir),
    databaseUrl: readDatabaseUrl(values, baseDir, env),
    logs: values.logs,
  };
}

/** npm runs scripts in the repository's folder; a relative folder is relative to where the person called npm. */
export function callerDir(env: NodeJS.ProcessEnv): string {
  return env['INIT_CWD'] ?? process.cwd();
}

export function toDataDir(value: string | undefined, baseDir: string): string {
  if (value === '') throw new StartError(`--data-dir needs ${needs['data-dir']}.`);
  return value === undefined ? resolve(repositoryDir, '.tasktracker') : resolve(baseDir, value);
}

function parseOptions(args: readonly string[]) {
  const options = {
    port: { type: 'string', default: String(gateway.port) },
    'data-dir': { type: 'string' },
    'database-url': { type: 'string' },
    'database-url-file': { type: 'string' },
    logs: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  return parseCommandLine('npm start', { args: [...args], options }, needs).values;
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= highestPort)) throw new StartError(`--port needs ${needs.port}.`);
  return port;
}
