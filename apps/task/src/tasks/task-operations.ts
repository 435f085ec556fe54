import { TaskStats } from '@tasktracker/contracts';
import { problemResponses, ref } from '@tasktracker/service-kit';
import { Type } from 'typebox';
import { jsonText, Task, TaskCreation, TaskList, taskListQuery, taskPath, TaskUpdate } from './task-schemas.ts';

const tags = ['Tasks'];
const security = [{ bearer: [] }, { password: [] }];

const always = ['NOT_AUTHENTICATED', 'INVALID_TOKEN', 'SERVICE_UNAVAILABLE'] as const;
const ofInput = [...always, 'VALIDATION_FAILED'] as const;
const ofTask = [...ofInput, 'TASK_NOT_FOUND'] as const;
const ofBody = ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

/** PUT and PATCH are the same merge. */
const update = {
  tags,
  security,
  summary: 'Change what is sent and keep the rest',
  params: taskPath,
  body: ref(TaskUpdate),
  response: { 200: jsonText(Task), ...problemResponses(...ofTask, ...ofBody) },
};

const completion = {
  tags,
  security,
  params: taskPath,
  response: { 200: jsonText(Task), ...problemResponses(...ofTask) },
};

export const createTask = {
  operationId: 'createTask',
  tags,
  security,
  summary: 'Create a task',
  body: ref(TaskCreation),
  response: { 201: jsonText(Task), ...problemResponses(...ofInput, ...ofBody) },
};

export const listTasks = {
  operationId: 'listTasks',
  tags,
  security,
  summary: 'List tasks, page by page',
  querystring: taskListQuery,
  response: { 200: jsonText(TaskList), ...problemResponses(...ofInput) },
};

export const getTaskStats = {
  operationId: 'getTaskStats',
  tags,
  security,
  summary: 'Count tasks by status and by priority',
  response: { 200: ref(TaskStats), ...problemResponses(...always) },
};

export const getTask = {
  operationId: 'getTask',
  tags,
  security,
  summary: 'Read a task',
  params: taskPath,
  response: { 200: jsonText(Task), ...problemResponses(...ofTask) },
};

export const replaceTask = { ...update, operationId: 'replaceTask' };
export const updateTask = { ...update, operationId: 'updateTask' };
export const completeTask = { ...completion, operationId: 'completeTask', summary: 'Make a task done' };
export const reopenTask = { ...completion, operationId: 'reopenTask', summary: 'Make a done task todo again' };

export const deleteTask = {
  operationId: 'deleteTask',
  tags,
  security,
  summary: 'Delete a task',
  params: taskPath,
  response: { 204: Type.Null({ description: 'Deleted' }), ...problemResponses(...ofTask) },
};
