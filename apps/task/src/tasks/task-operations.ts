import { TaskStats } from '@tasktracker/contracts';
import { sharedErrors } from '@tasktracker/errors';
import { eventErrors } from '@tasktracker/events';
import { noContent, ref } from '@tasktracker/service-kit';
import { batchBody, TaskBatchResults } from './batch-schemas.ts';
import { taskErrors } from './task-errors.ts';
import {
  changesQuery,
  jsonText,
  Task,
  TaskChanges,
  TaskCreation,
  TaskList,
  taskListQuery,
  taskPath,
  TaskUpdate,
} from './task-schemas.ts';

const ofTask = { params: taskPath, problems: [taskErrors.TASK_NOT_FOUND], versioned: true } as const;

/** PUT and PATCH are the same merge. */
const update = {
  ...ofTask,
  takesKey: true,
  summary: 'Change the fields that are sent, keep the rest',
  body: ref(TaskUpdate),
  response: { 200: jsonText(Task) },
};

const completion = { ...ofTask, takesKey: true, response: { 200: jsonText(Task) } };

export const createTask = {
  operationId: 'createTask',
  summary: 'Create a task',
  problems: [sharedErrors.QUOTA_EXCEEDED],
  versioned: true,
  takesKey: true,
  body: ref(TaskCreation),
  response: {
    201: {
      description: 'The task',
      headers: { Location: { type: 'string', description: 'its path' } },
      content: { 'application/json': { schema: jsonText(Task) } },
    },
  },
} as const;

export const batchTasks = {
  operationId: 'batchTasks',
  summary: 'Create, change and delete up to 1,000 tasks at once',
  description:
    'In one transaction, in the order of the operations, with the result that each would have as a call of its own. A fault in ' +
    'an operation is its result; one of the batch itself, such as an unknown `op`, is 422. If the answer would exceed 4 MiB, ' +
    'its last results have no `task`.',
  takesKey: true,
  body: batchBody,
  response: { 200: jsonText(TaskBatchResults) },
} as const;

export const listTasks = {
  operationId: 'listTasks',
  summary: 'List tasks, page by page',
  querystring: taskListQuery,
  response: { 200: jsonText(TaskList) },
};

export const getTaskStats = {
  operationId: 'getTaskStats',
  summary: 'Count tasks by status and by priority',
  response: { 200: ref(TaskStats) },
};

export const listTaskChanges = {
  operationId: 'listTaskChanges',
  summary: 'What has happened to tasks since a cursor, for clients with a copy of their own',
  description: 'Take a cursor, then list all tasks, then ask for changes: the copy ends as what the server has.',
  querystring: changesQuery,
  problems: [eventErrors.CURSOR_EXPIRED],
  response: { 200: jsonText(TaskChanges) },
};

export const getTask = {
  ...ofTask,
  operationId: 'getTask',
  summary: 'Read a task',
  response: { 200: jsonText(Task) },
};

export const replaceTask = { ...update, operationId: 'replaceTask' };
export const updateTask = { ...update, operationId: 'updateTask' };
export const completeTask = { ...completion, operationId: 'completeTask', summary: 'Complete a task' };
export const reopenTask = { ...completion, operationId: 'reopenTask', summary: 'Reopen a completed task' };

export const deleteTask = {
  ...ofTask,
  takesKey: true,
  operationId: 'deleteTask',
  summary: 'Delete a task',
  response: { 204: noContent },
};
