// pgbench, the load generator of Postgres, written in C on libpq. Fair: the same SQL as a prepared statement, the same
// settings of the session, as many connections, random values as ours; it reads each answer and looks at no byte of it.
import { writeFileSync } from 'node:fs';
import { requireProgram } from '../../src/harness/debian-programs.ts';
import { measuredCore } from '../../src/harness/pinned-process.ts';
import { outputOf } from '../../src/harness/output-of.ts';
import type { Turn } from '../../src/harness/turns.ts';

export interface PgbenchScript {
  readonly file: string;
  readonly databaseUrl: string;
  /** Names and values of the session's settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of the statement, where the script draws no others. */
  readonly parameters: readonly unknown[];
}

interface PgbenchLoad {
  readonly clients: number;
  readonly seconds: number;
}

/** On the measured core. Throws if a statement failed. */
export async function runPgbench(script: PgbenchScript, { clients, seconds }: PgbenchLoad): Promise<Turn> {
  const url = new URL(script.databaseUrl);
  const variables = script.parameters.flatMap((value, index) => ['-D', `p${index + 1}=${toText(value)}`]);
  const pgbench = requireProgram('pgbench', 'postgresql-client-15');
  const args = ['-n', '-M', 'prepared', '-f', script.file, '-c', String(clients), '-j', '1', '-T', String(seconds)];
  // The shell says what its children used.
  const timed = ['-c', measuredCore, 'sh', '-c', '"$@" && times', 'sh', pgbench, ...variables, ...args];
  const output = await outputOf('taskset', timed, {
    PATH: process.env['PATH'],
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: url.username,
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: url.pathname.slice(1),
    PGSSLMODE: 'disable',
    PGOPTIONS: Object.entries(script.settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  const [, failed = ''] = /failed transactions: (\d+)/.exec(output) ?? [];
  if (failed !== '' && failed !== '0') throw new Error(output);
  const calls = numberIn(output, /actually processed: (\d+)/);
  return {
    requestsPerSecond: numberIn(output, /tps = ([\d.]+)/),
    cpuMicrosPerRequest: (childrenSeconds(output) * 1e6) / calls,
  };
}

/** From the second line that the shell's `times` prints: user and system time of its children. */
function childrenSeconds(output: string): number {
  const lines = output.trimEnd().split('\n');
  const [, userMinutes, user, systemMinutes, system] =
    /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/.exec(lines.at(-1) ?? '')?.map(Number) ?? [];
  return (Number(userMinutes) + Number(systemMinutes)) * 60 + Number(user) + Number(system);
}

const toText = (value: unknown): string => (Array.isArray(value) ? `{${value.join()}}` : String(value));

function numberIn(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`pgbench said something else:\n${output}`);
  return Number(found);
}

/**
 * A statement as a script for pgbench, after the lines that set its parameters, which are called p1, p2, …. A colon
 * before a word would be a variable, even in a string: there it is quoted, which to_char prints as the same.
 */
export function writeScript(file: string, setting: readonly string[], text: string): void {
  const body = toPeerText(text)
    .replaceAll(/\$(\d+)/g, ':p$1')
    .replaceAll(/\s*\n\s*/g, ' ');
  writeFileSync(file, `${[...setting, `${body};`].join('\n')}\n`);
}

/** What Postgres gets from pgbench, but for the numbers of the parameters. */
export function toPeerText(text: string): string {
  return text.replaceAll('HH24:MI:SS', 'HH24":"MI":"SS');
}
