import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** A system started by `npm start`, as its data folder describes it. */
export interface RunningStack {
  readonly url: string;
  /** The task database, as the service's own role. */
  readonly taskDatabaseUrl: string;
  /** Process ids by name: gateway, services, postgres. */
  readonly pids: Readonly<Record<string, number>>;
}

interface StackFile {
  url: string;
  databaseUrls: { task: string };
  processes: Record<string, number>;
}

/** Options of every report: which stack, and for how long. */
export function readOptions(): { dataDir: string; seconds: number; tasks: number; connections: number } {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string', default: '.tasktracker' },
      seconds: { type: 'string', default: '60' },
      connections: { type: 'string', default: '50' },
      tasks: { type: 'string', default: '200000' },
    },
  });
  const from = process.env['INIT_CWD'] ?? process.cwd();
  return {
    dataDir: resolve(from, values['data-dir']),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
    tasks: Number(values.tasks),
  };
}

/** @throws Error with what to do when no system runs on that folder. */
export function readRunningStack(dataDir: string): RunningStack {
  let file: StackFile;
  try {
    file = JSON.parse(readFileSync(`${dataDir}/stack.json`, 'utf8'));
  } catch (cause) {
    throw new Error(`No running system on ${dataDir}: start one with \`npm start -- --data-dir ${dataDir}\`.`, {
      cause,
    });
  }
  return { url: file.url, taskDatabaseUrl: file.databaseUrls.task, pids: file.processes };
}
