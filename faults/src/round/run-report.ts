import { outcomeOf } from '../history/exchange.ts';
import type { RoundResult } from './run-round.ts';

/** The figures of a whole run. */
export interface RunReport {
  add(result: RoundResult): void;
  /** Lines for a person, which are a table in Markdown as well. */
  lines(): string[];
}

export function createRunReport(): RunReport {
  const counts = { rounds: 0, requests: 0, writes: 0, unknown: 0, tasks: 0, sessions: 0, findings: 0 };
  const faults = new Map<string, number>();
  const recoveries: (number | undefined)[] = [];
  return {
    add({ evidence, findings, recoveries: measured, endedSessions }) {
      const writes = evidence.history.filter(({ operation }) => ['create', 'edit', 'delete'].includes(operation));
      counts.rounds += 1;
      counts.requests += evidence.history.length;
      counts.writes += writes.filter((exchange) => outcomeOf(exchange) === 'done').length;
      counts.unknown += writes.filter((exchange) => outcomeOf(exchange) === 'unknown').length;
      counts.tasks += evidence.finals.reduce((sum, { tasks }) => sum + tasks.length, 0);
      counts.sessions += endedSessions;
      counts.findings += findings.length;
      for (const { kind } of evidence.faults) faults.set(kind, (faults.get(kind) ?? 0) + 1);
      recoveries.push(...measured.map(({ ms }) => ms));
    },
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
        `| tasks held against the history | ${counts.tasks} |`,
        `| ended sessions | ${counts.sessions} |`,
        `| faults | ${injected}: ${[...faults].map(([kind, count]) => `${count} × ${kind}`).join(', ')} |`,
        `| 95 % goodput again, median, p95, longest | ${at(0.5)}, ${at(0.95)}, ${at(1)}; not before the next fault: ${late} |`,
        `| broken promises | ${counts.findings} |`,
      ];
    },
  };
}
