import { outcomeOf, taskOf, type Exchange, type Operation, type TaskBody } from '../history/exchange.ts';
import type { FinalState } from '../history/final-state.ts';
import type { Finding } from './finding.ts';
import { explainNotLinearizable, type RegisterUse } from './register.ts';

/** Each write of these has a value of its own. */
const fields = ['title', 'description'] as const;
type Field = (typeof fields)[number];
const ofOneTask: ReadonlySet<Operation> = new Set(['create', 'edit', 'delete', 'read']);
/** A deleted task has no value; nothing is written afterwards. */
const gone = 'nothing: it is deleted';
const empty = 'null, as it was made';

/**
 * Each task's title and description, which many edit at once: whether some order of the edits explains what was read.
 * A write that was acknowledged and is not there later, or one that undoes another's, has none.
 */
export function findEditFaults(history: readonly Exchange[], finals: readonly FinalState[]): Finding[] {
  const byTask = Map.groupBy(
    history.filter(({ operation }) => ofOneTask.has(operation)),
    (exchange) => exchange.taskId ?? taskOf(exchange)?.id,
  );
  byTask.delete(undefined);
  const known = finalReads(finals);
  const findings: Finding[] = [];
  for (const [id, exchanges] of byTask) {
    if (id === undefined || !exchanges.some(({ operation }) => operation === 'create')) continue;
    for (const field of fields) {
      const uses = onceForEachKey(exchanges).flatMap((exchange) => toUses(exchange, field));
      const words = explainNotLinearizable([...uses, known(exchanges[0]?.account ?? '', id, field)]);
      if (words !== undefined)
        findings.push({ checker: 'edits', words: `the ${field} of task ${id}: ${words}`, exchanges });
    }
  }
  return findings;
}

/**
 * All that was sent under one key is one write: it was done after the first was sent, and before the first answer of success
 * came. An answer that is given again says nothing of the task as it is by then.
 */
function onceForEachKey(exchanges: readonly Exchange[]): Exchange[] {
  return [...Map.groupBy(exchanges, ({ key, index }) => key ?? index).values()].flatMap((same) => {
    const answers = same.filter((exchange) => outcomeOf(exchange) === 'done');
    const last = answers.toSorted((a, b) => a.endedAt - b.endedAt)[0] ?? same.find(isOpen) ?? same[0];
    return last === undefined ? [] : [{ ...last, startedAt: Math.min(...same.map(({ startedAt }) => startedAt)) }];
  });
}

function isOpen(exchange: Exchange): boolean {
  return outcomeOf(exchange) === 'unknown';
}

function toUses(exchange: Exchange, field: Field): RegisterUse[] {
  const { startedAt, endedAt, operation, status, taskId } = exchange;
  const outcome = outcomeOf(exchange);
  const at = { startedAt, endedAt: outcome === 'unknown' ? Infinity : endedAt };
  if (outcome === 'refused')
    return status === 404 && taskId !== undefined ? [{ kind: 'read', value: gone, ...at }] : [];
  if (operation === 'delete') return [{ kind: 'write', value: gone, ...at }];
  const written = writtenValue(exchange, field);
  if (written !== undefined) return [{ kind: 'write', value: written, ...at }];
  const task = taskOf(exchange);
  return task === undefined ? [] : [{ kind: 'read', value: valueOf(task, field), ...at }];
}

/** What a create or an edit sets a field to. */
function writtenValue({ operation, sent }: Exchange, field: Field): string | undefined {
  if (operation !== 'create' && operation !== 'edit') return undefined;
  const body: Partial<TaskBody> = JSON.parse(sent ?? '{}');
  return body[field] ?? (operation === 'create' ? empty : undefined);
}

function valueOf(task: TaskBody, field: Field): string {
  return task[field] ?? empty;
}

function finalReads(finals: readonly FinalState[]): (account: string, id: number, field: Field) => RegisterUse {
  const byAccount = new Map(
    finals.map((final) => [final.account, { final, tasks: new Map(final.tasks.map((task) => [task.id, task])) }]),
  );
  return (account, id, field) => {
    const found = byAccount.get(account);
    const task = found?.tasks.get(id);
    const at = found?.final.askedAt ?? Infinity;
    return { kind: 'read', value: task === undefined ? gone : valueOf(task, field), startedAt: at, endedAt: at };
  };
}
