import { outcomeOf, taskOf, type Exchange } from '../history/exchange.ts';
import type { FinalState } from '../history/final-state.ts';
import { checkCreatedTasks } from './created-tasks.ts';
import type { Finding } from './finding.ts';

/** Lost, made up and doubled tasks of a history. */
export function findCreateFaults(history: readonly Exchange[], finals: readonly FinalState[]): Finding[] {
  const creates = history.filter(({ operation }) => operation === 'create');
  const faults = checkCreatedTasks({
    attempts: creates.map((exchange) => ({
      tag: exchange.tag ?? '',
      outcome: outcomeOf(exchange),
      id: taskOf(exchange)?.id,
    })),
    stored: finals.flatMap(({ tasks }) => tasks.map(({ id, due_date }) => ({ id, tag: due_date ?? '' }))),
    maybeDeleted: new Set(
      history.flatMap((exchange) =>
        exchange.operation === 'delete' && outcomeOf(exchange) !== 'refused' ? (exchange.taskId ?? []) : [],
      ),
    ),
  });
  return faults.map(({ kind, tag, words }) => {
    const own = creates.filter((exchange) => exchange.tag === tag);
    const ids = new Set(own.flatMap((exchange) => taskOf(exchange)?.id ?? []));
    const exchanges = history.filter(
      (exchange) => own.includes(exchange) || (exchange.taskId !== undefined && ids.has(exchange.taskId)),
    );
    return {
      checker: kind === 'doubled' || kind === 'answered twice' ? 'one effect' : 'acknowledged writes',
      words,
      exchanges,
    };
  });
}
