import { defineErrors, Problem } from '@tasktracker/errors';

export const taskErrors = defineErrors({
  TASK_NOT_FOUND: { status: 404, detail: 'Task not found' },
});

/** Missing, or somebody else's: the answer does not tell which. */
export class TaskNotFound extends Problem {
  constructor() {
    super(taskErrors.TASK_NOT_FOUND);
  }
}
