import type { RunningProcess } from './running-process.ts';
import { createSupervisor, type BackOff, type Supervisor } from './supervisor.ts';
import { formatTime, type Terminal } from '../terminal/terminal.ts';

/** The stack's long-running processes by name, each kept running by a supervisor of its own. */
export interface ProcessTable {
  /** Resolves when it is ready for the first time. `title` is its name on the terminal. */
  start(name: string, title: string, launch: (signal: AbortSignal) => Promise<RunningProcess>): Promise<void>;
  /** Ends these at the same time. */
  stop(names: readonly string[], graceMs: number): Promise<void>;
  /** Ends all at once. */
  kill(): Promise<void>;
  /** The process ids of those that are up. */
  pids(): Readonly<Record<string, number>>;
}

interface ProcessTableOptions {
  readonly terminal: Terminal;
  /** Told when a process came up or died. */
  readonly onChange: () => void;
  readonly backOff?: BackOff;
}

export function createProcessTable({ terminal, onChange, backOff }: ProcessTableOptions): ProcessTable {
  const supervisors = new Map<string, Supervisor>();
  const pids: Record<string, number> = {};

  function say(title: string, words: string, style: 'yellow' | 'green'): void {
    terminal.say(
      `${terminal.style('dim', new Date().toLocaleTimeString('en-GB'))}  ${terminal.style(style, `${title} ${words}`)}`,
    );
  }

  return {
    start(name, title, launch) {
      const supervisor = createSupervisor({
        launch,
        ...(backOff && { backOff }),
        report(event) {
          if (event.kind === 'died') {
            delete pids[name];
            onChange();
            say(title, `${event.reason}; starting it again in ${formatTime(event.retryMs)}`, 'yellow');
            return;
          }
          pids[name] = event.pid;
          onChange();
          if (event.again) say(title, 'is ready again', 'green');
        },
      });
      supervisors.set(name, supervisor);
      return supervisor.start();
    },
    async stop(names, graceMs) {
      await Promise.all(names.map(async (name) => supervisors.get(name)?.stop(graceMs)));
    },
    async kill() {
      await Promise.all([...supervisors.values()].map((supervisor) => supervisor.kill()));
    },
    pids: () => ({ ...pids }),
  };
}
