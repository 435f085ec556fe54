import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Goal, Row } from '../goals/goal.ts';
import { leastSizes, type Sizes } from '../harness/turns.ts';
import { isSameMachine, type Machine } from './machine.ts';
import type { Plot } from './plot.ts';

/** What one run measured of a goal. */
export interface GoalRecord {
  /** `2026-11-28`, in UTC. */
  readonly date: string;
  /** The commit that was measured; `-dirty` at its end where files were changed since. */
  readonly commit: string;
  readonly machine: Machine;
  readonly sizes: Sizes;
  readonly rows: readonly Row[];
  readonly plots: readonly Plot[];
}

/** All that is kept of a goal: the newest run first, then the one before it of another day or machine. */
export interface GoalHistory {
  readonly id: string;
  readonly title: string;
  readonly records: readonly GoalRecord[];
}

/** Two that agree are what a figure rests on. */
const mostRecords = 2;

/** Nothing for a goal that was never recorded. */
export function readHistory(folder: string, id: string): GoalHistory | undefined {
  const file = fileOf(folder, id);
  if (!existsSync(file)) return undefined;
  const history: GoalHistory = JSON.parse(readFileSync(file, 'utf8'));
  return history;
}

/** Puts a record first. One of the same day (UTC) and machine makes room for it, and so does one that was too short. */
export function keepRecord(folder: string, { id, title }: Pick<Goal, 'id' | 'title'>, record: GoalRecord): void {
  const earlier = readHistory(folder, id)?.records.filter((each) => isFull(each) && !isSameRun(each, record)) ?? [];
  const history: GoalHistory = { id, title, records: [record, ...earlier].slice(0, mostRecords) };
  writeFileSync(fileOf(folder, id), `${JSON.stringify(history, undefined, 2)}\n`);
}

const isFull = ({ sizes }: GoalRecord): boolean =>
  sizes.rounds >= leastSizes.rounds && sizes.seconds >= leastSizes.seconds;

const isSameRun = (one: GoalRecord, other: GoalRecord): boolean =>
  one.date === other.date && isSameMachine(one.machine, other.machine);

const fileOf = (folder: string, id: string): string => join(folder, `${id}.json`);
