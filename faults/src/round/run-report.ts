import type { Focus } from '../clients/habits.ts';
import { countRound } from './round-counts.ts';
import type { RoundResult } from './run-round.ts';

/** The figures of a whole run. */
export interface RunReport {
  add(result: RoundResult): void;
  /** What a run of this focus is after. */
  counted(focus: Focus): number;
  /** Lines for a person, which are a table in Markdown as well. */
  lines(): string[];
}

const countedBy = { all: 'writes', keys: 'keys', edits: 'contests' } as const satisfies Record<Focus, string>;
const countNames = ['writes', 'unknown', 'keys', 'cutKeys', 'contests', 'matched', 'stale'] as const;

export function createRunReport(): RunReport {
  const none = { rounds: 0, requests: 0, swallowed: 0, tasks: 0, sessions: 0, findings: 0 };
  const counts = { ...none, ...countRound([]) };
  const faults = new Map<string, number>();
  const recoveries: (number | undefined)[] = [];
  return {
    add({ evidence, findings, recoveries: measured, endedSessions, swallowed }) {
      const round = countRound(evidence.history);
      for (const name of countNames) counts[name] += round[name];
      counts.rounds += 1;
      counts.requests += evidence.history.length;
      counts.swallowed += swallowed;
      counts.tasks += evidence.finals.reduce((sum, { tasks }) => sum + tasks.length, 0);
      counts.sessions += endedSessions;
      counts.findings += findings.length;
      for (const { kind } of evidence.faults) faults.set(kind, (faults.get(kind) ?? 0) + 1);
      recoveries.push(...measured.map(({ ms }) => ms));
    },
    counted: (focus) => counts[countedBy[focus]],
    lines() {
      const known = recoveries.flatMap((ms) => ms ?? []).toSorted((a, b) => a - b);
      const at = (share: number): string => `${known[Math.ceil(known.length * share) - 1] ?? '–'} ms`;
      const late = recoveries.length - known.length;
      const injected = [...faults.values()].reduce((sum, count) => sum + count, 0);
      return [
        '|  |  |',
        '| --- | --- |',
        `| rounds, requests | ${counts.rounds}, ${counts.requests} |`,
        `| acknowledged writes | ${counts.writes} |`,
        `| writes without a clear answer | ${counts.unknown} |`,
        `| keys sent more than once; an answer of theirs lost | ${counts.keys}; ${counts.cutKeys} |`,
        `| tasks edited at once under If-Match; done, refused by 412 | ${counts.contests}; ${counts.matched}, ${counts.stale} |`,
        `| answers swallowed after their commit | ${counts.swallowed} |`,
        `| tasks held against the history | ${counts.tasks} |`,
        `| ended sessions | ${counts.sessions} |`,
        `| faults | ${injected}: ${[...faults].map(([kind, count]) => `${count} × ${kind}`).join(', ')} |`,
        `| 95 % goodput again, median, p95, longest | ${at(0.5)}, ${at(0.95)}, ${at(1)}; not before the next fault: ${late} |`,
        `| broken promises | ${counts.findings} |`,
      ];
    },
  };
}
