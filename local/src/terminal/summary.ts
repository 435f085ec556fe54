import { gateway } from '@tasktracker/contracts/services';
import { toDataDirPaths } from '../data-dir/data-dir.ts';
import type { ListeningProcess } from '../stack/ports.ts';
import { formatTime, type Terminal } from './terminal.ts';

/** What a person needs of a stack that is ready: where everything is, what to try, how to stop. */
export function summaryLines(
  terminal: Terminal,
  listening: readonly ListeningProcess[],
  dataDir: string,
  readyMs: number,
): string[] {
  const url = listening.find(({ name }) => name === gateway.name)?.url ?? '';
  const others = listening.filter(({ name }) => name !== gateway.name);
  const rows: [string, string][] = [
    ['gateway', url],
    ['docs', `${url}/docs`],
    ...others.map(({ serviceName, url: address }): [string, string] => [serviceName, address]),
    ['data', dataDir],
    ['logs', toDataDirPaths(dataDir).logs],
  ];
  return [
    '',
    terminal.style('bold', `Ready in ${formatTime(readyMs)}`),
    '',
    ...rows.map(([name, value]) => `  ${terminal.style('dim', name.padEnd(15))} ${value}`),
    '',
    `  Try it  curl ${url}/health`,
    `  Stop    Ctrl-C`,
    '',
  ];
}
