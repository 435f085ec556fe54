import { defineErrors, Problem } from '@tasktracker/errors';

export const taskErrors = defineErrors({
  NOT_DONE: { status: 424, detail: 'Not done, because another operation of the batch failed' },
  TASK_NOT_FOUND: { status: 404, detail: 'Task not found' },
});

/** Missing, or somebody else's: the answer does not tell which. */
export class TaskNotFound extends Problem {
  constructor() {
    super(taskErrors.TASK_NOT_FOUND);
  }
}

/** RFC 4918, section 11.4: it was not tried, or was undone with the rest. */
export class NotDone extends Problem {
  constructor() {
    super(taskErrors.NOT_DONE);
  }
}
