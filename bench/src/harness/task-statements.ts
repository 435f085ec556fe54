import { createTaskRepository } from '../../../apps/task/src/tasks/task-repository.ts';
import { toPageStatement } from '../../../apps/task/src/tasks/task-page-sql.ts';
import { toTaskFilters } from '../../../apps/task/src/tasks/task-query.ts';
import { taskDefaults } from '../../../apps/task/src/tasks/task.ts';

/** What the task service asks Postgres for, word for word, so that what Postgres does is no part of a comparison. */
export interface TaskStatements {
  /** $1 task, $2 owner: `version`, `json`. */
  readonly get: string;
  /** In the default order without a filter: the parameters and columns of `toPageStatement`. */
  readonly list: string;
  /** $1 owner, $2 quota, then the fields in the order of their columns: `id`, `version`, `json`. */
  readonly create: string;
  /** $1 task, $2 owner: one row for a task that was there. */
  readonly delete: string;
  /** $1 owner: `status`, `priority`, `count`. */
  readonly count: string;
  /** $1 task, $2 owner: its fields, `now`, `version`, `json`. */
  readonly lock: string;
}

/** Taken from the repository's own calls. */
export async function readTaskStatements(): Promise<TaskStatements> {
  let asked = '';
  const repository = createTaskRepository(async ({ text }) => {
    asked = text;
    return [];
  });
  const textOf = async (call: Promise<unknown>): Promise<string> => {
    await call;
    return asked;
  };
  const page = { filters: toTaskFilters({}), sort: '-created_at', limit: 20, skip: 0 } as const;
  return {
    get: await textOf(repository.find(1n, 1n)),
    list: toPageStatement(1n, page).text,
    create: await textOf(repository.create(1n, { title: '', ...taskDefaults }, 0)),
    delete: await textOf(repository.delete(1n, 1n)),
    count: await textOf(repository.count(1n)),
    lock: await textOf(repository.findForUpdate(1n, 1n)),
  };
}
