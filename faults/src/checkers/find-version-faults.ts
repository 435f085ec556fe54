import { currentOf, outcomeOf, taskOf, type Exchange, type TaskBody } from '../history/exchange.ts';
import type { FinalState } from '../history/final-state.ts';
import { isReplay } from './find-key-faults.ts';
import type { Finding } from './finding.ts';

/** A task as it was seen once. */
interface Sight {
  readonly task: TaskBody & { readonly version: number };
  readonly exchange?: Exchange;
}

/**
 * Each task's chain of versions: one content for each version, one author of each, none that goes back, and an edit under
 * `If-Match` makes the next one after a version that it names, or is refused because none of them is the newest.
 */
export function findVersionFaults(history: readonly Exchange[], finals: readonly FinalState[]): Finding[] {
  const sights = [
    ...history.flatMap((exchange) => seenIn(exchange).flatMap((task) => toSight(task, exchange))),
    ...finals.flatMap(({ tasks }) => tasks.flatMap((task) => toSight(task))),
  ];
  return [...Map.groupBy(sights, ({ task }) => task.id)].flatMap(([id, ofTask]) =>
    [...contentFaults(ofTask), ...authorFaults(ofTask), ...orderFaults(ofTask), ...preconditionFaults(ofTask)].map(
      (words) => ({
        checker: 'versions',
        words: `task ${id}: ${words}`,
        exchanges: history.filter((exchange) => exchange.taskId === id || taskOf(exchange)?.id === id),
      }),
    ),
  );
}

function contentFaults(sights: readonly Sight[]): string[] {
  return [...Map.groupBy(sights, ({ task }) => task.version)].flatMap(([version, same]) => {
    const contents = new Set(same.map(({ task }) => JSON.stringify(task)));
    return contents.size === 1 ? [] : [`version ${version} was ${[...contents].join(' and ')}`];
  });
}

/** Edits that surely change a value, and were not answered again under their key. */
function authorFaults(sights: readonly Sight[]): string[] {
  const authors = Map.groupBy(sights.filter(isAuthor), ({ task }) => task.version);
  return [...authors].flatMap(([version, edits]) => {
    const distinct = new Set(edits.map(({ exchange }) => exchange?.key ?? exchange?.index));
    return distinct.size === 1 ? [] : [`${distinct.size} edits made version ${version}`];
  });
}

function isAuthor({ exchange }: Sight): boolean {
  if (exchange === undefined || outcomeOf(exchange) !== 'done') return false;
  if (exchange.operation === 'create') return true;
  return exchange.operation === 'edit' && /"(title|description)"/.test(exchange.sent ?? '');
}

/** What starts after another has ended never sees an older version. An answer that is given again is as old as it is. */
function orderFaults(sights: readonly Sight[]): string[] {
  const fresh = sights.flatMap(({ task, exchange }) =>
    exchange === undefined || isReplay(exchange) ? [] : [{ version: task.version, ...exchange }],
  );
  const byStart = fresh.toSorted((a, b) => a.startedAt - b.startedAt);
  const byEnd = fresh.toSorted((a, b) => a.endedAt - b.endedAt);
  const faults: string[] = [];
  let ended = 0;
  let newest = 0;
  for (const sight of byStart) {
    for (let next = byEnd[ended]; next !== undefined && next.endedAt < sight.startedAt; next = byEnd[ended]) {
      newest = Math.max(newest, next.version);
      ended += 1;
    }
    if (sight.version < newest) faults.push(`version ${sight.version} was seen after version ${newest}`);
  }
  return faults;
}

function preconditionFaults(sights: readonly Sight[]): string[] {
  return sights.flatMap((sight) => {
    const { task, exchange } = sight;
    if (exchange?.ifMatch === undefined) return [];
    const named = new Set([...exchange.ifMatch.matchAll(/"(\d+)"/g)].map(([, version]) => Number(version)));
    if (exchange.status === 412 && named.has(task.version))
      return [`If-Match ${exchange.ifMatch} was refused at version ${task.version}`];
    if (isAuthor(sight) && !named.has(task.version - 1))
      return [`If-Match ${exchange.ifMatch} made version ${task.version}: an edit between was lost`];
    return [];
  });
}

/** The tasks in an answer: one, a list, or what a refused precondition shows. */
function seenIn(exchange: Exchange): TaskBody[] {
  const { operation, status, body } = exchange;
  const current = currentOf(exchange);
  if (current !== undefined) return [current];
  if (operation === 'list' && status === 200) {
    const page: { tasks: TaskBody[] } = JSON.parse(body);
    return page.tasks;
  }
  const isTask = operation === 'create' || operation === 'edit' || operation === 'read';
  const task = isTask ? taskOf(exchange) : undefined;
  return task === undefined ? [] : [task];
}

function toSight(task: TaskBody, exchange?: Exchange): Sight[] {
  const { version } = task;
  if (version === undefined) return [];
  return [{ task: { ...task, version }, ...(exchange && { exchange }) }];
}
