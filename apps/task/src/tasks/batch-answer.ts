import { PreconditionFailed, type Problem } from '@tasktracker/errors';
import type { Answer } from '@tasktracker/idempotency';
import { toProblemText, versionTag } from '@tasktracker/service-kit';
import type { BatchOutcome, TaskState } from './batch-plan.ts';
import type { WrittenTask } from './batch-repository.ts';
import { pageBytes } from './task-page-sql.ts';

interface BatchTexts {
  readonly created: readonly WrittenTask[];
  /** By `stateKey`. */
  readonly json: ReadonlyMap<string, string>;
  readonly requestId: string;
}

export function stateKey({ id, state }: Pick<TaskState, 'id' | 'state'>): string {
  return `${id}/${state}`;
}

/**
 * The tasks, as they were found or became, that the answer has room for, by `stateKey`: perhaps a few more, since their JSON
 * is longer than their texts. So no more is read than an answer holds.
 */
export function shownStates(outcomes: readonly BatchOutcome[]): Map<string, TaskState> {
  const shown = new Map<string, TaskState>();
  let bytes = 0;
  for (const outcome of outcomes) {
    const task = outcome.is === 'shown' || outcome.is === 'stale' ? outcome.task : undefined;
    bytes += outcome.is === 'created' ? outcome.textBytes : (task?.textBytes ?? 0);
    if (bytes > pageBytes) break;
    if (task !== undefined) shown.set(stateKey(task), task);
  }
  return shown;
}

/** One result for each operation; from where the tasks would make it longer than a page, without them. */
export function toBatchAnswer(outcomes: readonly BatchOutcome[], texts: BatchTexts): Answer {
  let room = pageBytes;
  const fitting = (json: string | null = null): string | undefined => {
    room -= json === null ? Infinity : Buffer.byteLength(json);
    return room < 0 || json === null ? undefined : json;
  };
  const results = outcomes.map((outcome): string => {
    if (outcome.is === 'created') {
      const { id = '', json } = texts.created[outcome.creation] ?? {};
      return toResult(201, id, taskMember(fitting(json)));
    }
    if (outcome.is === 'deleted') return toResult(204, outcome.id, '');
    if (outcome.is === 'refused') return problemResult(outcome.problem, outcome.id, texts.requestId);
    const { id, version } = outcome.task;
    const json = fitting(texts.json.get(stateKey(outcome.task)));
    if (outcome.is === 'shown') return toResult(200, id, taskMember(json));
    return problemResult(new PreconditionFailed({ tag: versionTag(version), json }), id, texts.requestId);
  });
  return { status: 200, headers: {}, body: `{"results":[${results.join(',')}]}` };
}

function problemResult(problem: Problem, id: bigint | undefined, requestId: string): string {
  return toResult(problem.status, id, `,"problem":${toProblemText(problem, requestId)}`);
}

function taskMember(json: string | undefined): string {
  return json === undefined ? '' : `,"task":${json}`;
}

function toResult(status: number, id: bigint | string | undefined, more: string): string {
  return `{"status":${status}${id === undefined ? '' : `,"id":${id}`}${more}}`;
}
