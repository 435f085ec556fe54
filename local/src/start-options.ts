import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gateway, services } from '@tasktracker/contracts/services';
import { repositoryDir } from './repository-dir.ts';
import { isErrno, StartError } from './start-error.ts';

export interface StartOptions {
  /** The gateway's port; the services follow it. 0: any free ones. */
  readonly port: number;
  readonly dataDir: string;
  /** An existing Postgres instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Service logs on the terminal too. */
  readonly logs: boolean;
  readonly help: boolean;
}

const highestPort = 65535 - services.length;

export const startHelp = `Usage: npm start -- [options]

  --port PORT          port of the gateway; the services take the next ${services.length} (default ${gateway.port}; 0: any free ones)
  --data-dir DIR       where data, secrets and logs are (default .tasktracker)
  --database-url URL   use this Postgres instead of the embedded one; its role may create databases and roles
  --logs               show the services' logs here too
  --help               show this
`;

/** @throws StartError in one sentence for anything it can't understand. */
export function parseStartOptions(args: readonly string[], baseDir: string): StartOptions {
  const values = parseOptions(args);
  const databaseUrl = values['database-url'];
  if (databaseUrl !== undefined) checkDatabaseUrl(databaseUrl);
  return {
    port: toPort(values.port),
    dataDir: toDataDir(values['data-dir'], baseDir),
    databaseUrl,
    logs: values.logs,
    help: values.help,
  };
}

/** npm runs scripts in the repository's folder; a relative folder is relative to where the person called npm. */
export function callerDir(env: NodeJS.ProcessEnv): string {
  return env['INIT_CWD'] ?? process.cwd();
}

export function toDataDir(value: string | undefined, baseDir: string): string {
  if (value === '') throw new StartError('--data-dir needs a folder, for example --data-dir ./data.');
  return value === undefined ? resolve(repositoryDir, '.tasktracker') : resolve(baseDir, value);
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: String(gateway.port) },
        'data-dir': { type: 'string' },
        'database-url': { type: 'string' },
        logs: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    if (!isErrno(error) || !error.code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new StartError(`${firstSentence(error.message)} \`npm start -- --help\` lists the options.`);
  }
}

/** parseArgs follows its first sentence with advice on `--`, which nobody needs here. */
export function firstSentence(message: string): string {
  const end = message.search(/\.\s|\n/);
  const sentence = end === -1 ? message : message.slice(0, end);
  return `${sentence.replace(/\.$/, '')}.`;
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= highestPort))
    throw new StartError(`--port needs a number up to ${highestPort}, for example --port 18000.`);
  return port;
}

function checkDatabaseUrl(text: string): void {
  const url = URL.parse(text);
  if (url !== null && ['postgres:', 'postgresql:'].includes(url.protocol) && url.hostname !== '') return;
  // The URL itself is not repeated: it may hold a password.
  throw new StartError('--database-url needs a URL such as postgres://name:password@host:5432/postgres.');
}
