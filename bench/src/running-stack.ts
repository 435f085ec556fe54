import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { giveUp, readCommandLine, readCount } from '@tasktracker/command-line';

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

/** Options of a report: which stack, and for how long. `script` is its name in package.json, `purpose` a sentence. */
export function readOptions(
  script: string,
  purpose: string,
): { dataDir: string; seconds: number; tasks: number; connections: number } {
  const usage = `npm run ${script} -- [--data-dir FOLDER] [--seconds N] [--connections N] [--tasks N]

${purpose}
  --data-dir      data folder of the running system to measure (.tasktracker)
  --seconds       per scenario (60)
  --connections   at the same time (50)
  --tasks         in the large account (200000)
`;
  const { values } = readCommandLine(usage, {
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
    seconds: readCount('seconds', values.seconds, usage),
    connections: readCount('connections', values.connections, usage),
    tasks: readCount('tasks', values.tasks, usage),
  };
}

/** Ends the process, saying what to do, when no system runs on that folder. */
export function readRunningStack(dataDir: string): RunningStack {
  let file: StackFile;
  try {
    file = JSON.parse(readFileSync(`${dataDir}/stack.json`, 'utf8'));
  } catch {
    return giveUp(`No running system on ${dataDir}: start one with \`npm start -- --data-dir ${dataDir}\`.`);
  }
  return { url: file.url, taskDatabaseUrl: file.databaseUrls.task, pids: file.processes };
}
