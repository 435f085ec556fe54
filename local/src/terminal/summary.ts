import { join } from 'node:path';
import { gateway } from '@tasktracker/contracts/services';
import { toDataDirPaths } from '../data-dir/data-dir.ts';
import { describeServer } from '../database-url.ts';
import type { ListeningProcess } from '../stack/ports.ts';
import type { StartOptions } from '../start-options.ts';
import { formatTime, type Terminal } from './terminal.ts';

type Place = Pick<StartOptions, 'dataDir' | 'databaseUrl'>;

/** What a person needs of a stack that is ready: where everything is, what to try, how to stop. */
export function summaryLines(
  terminal: Terminal,
  listening: readonly ListeningProcess[],
  { dataDir, databaseUrl }: Place,
  readyMs: number,
): string[] {
  const front = listening.find(({ name }) => name === gateway.name);
  const url = front?.url ?? '';
  const others = listening.filter(({ name }) => name !== gateway.name);
  const { logs, secrets } = toDataDirPaths(dataDir);
  const rows: [string, string][] = [
    ['gateway', url],
    ['docs', `${url}/docs`],
    ...others.map(({ serviceName, url: address }): [string, string] => [serviceName, address]),
    ...(databaseUrl === undefined
      ? [['data', dataDir] as [string, string]]
      : ([
          ['data', describeServer(databaseUrl)],
          ['secrets', secrets],
        ] as [string, string][])),
    ['logs', logs],
  ];
  const demo = front?.port === gateway.port ? 'npm run demo' : `npm run demo -- --url ${url}`;
  return [
    '',
    terminal.style('bold', `Ready in ${formatTime(readyMs)}`),
    '',
    ...rows.map(([name, value]) => `  ${terminal.style('dim', name.padEnd(15))} ${value}`),
    '',
    `  Try it  curl ${url}/health`,
    `  Fill it ${demo}`,
    `  Stop    Ctrl-C`,
    '',
  ];
}

/** What is printed last, when somebody stops the stack. */
export function whereDataStays({ dataDir, databaseUrl }: Place): string {
  if (databaseUrl === undefined) return `Your data stays in ${dataDir}`;
  return `Your data stays in ${describeServer(databaseUrl)}, and its secrets in ${join(dataDir, 'secrets')}`;
}
