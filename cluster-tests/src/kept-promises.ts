import { checkCounters, checkCreatedTasks, type CreateAttempt } from '@tasktracker/faults/checkers';
import { allTasks, callApi, type ListedTask } from './api-call.ts';
import type { LoadResult } from './load/load-plan.ts';
import type { SuiteLoad } from './suite-load.ts';

/** What the load was told and what is there, held against each other; empty is what a scenario hopes for. */
export async function brokenPromises(url: string, { name, account }: SuiteLoad, result: LoadResult): Promise<string[]> {
  const { token } = account;
  const { tasks, total } = await allTasks(url, token);
  const stats = await numbers(url, '/api/v1/tasks/stats', token);
  const statistics = await numbers(url, '/api/v1/stats', token);
  return [...createFaults(name, result, tasks), ...checkCounters({ tasks, total, stats, statistics })];
}

/** A load's titles are its tags: it changes none. */
export function createFaults(
  name: string,
  { acknowledged, createsSent }: Pick<LoadResult, 'acknowledged' | 'createsSent'>,
  tasks: readonly Pick<ListedTask, 'id' | 'title'>[],
): string[] {
  const known = new Set(
    acknowledged.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n)),
  );
  const attempts = Array.from({ length: createsSent }, (_, number): CreateAttempt => {
    return { tag: `${name} ${number}`, outcome: known.has(number) ? 'done' : 'unknown' };
  });
  const stored = tasks.map(({ id, title }) => ({ id, tag: title }));
  return checkCreatedTasks({ attempts, stored }).map(({ tag, words }) => `${tag}: ${words}`);
}

async function numbers(url: string, path: string, token: string): Promise<Record<string, number>> {
  const answer = await callApi(url, 'GET', path, { token });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  const read: Record<string, number> = JSON.parse(answer.text);
  return read;
}
