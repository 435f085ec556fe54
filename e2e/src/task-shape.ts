import { expect } from 'vitest';
import type { Answer } from './answer.ts';
import { booleanOf, integerOf, listOf, membersOf, textOf, textOrNullOf, timestampOf } from './json-shape.ts';

export interface Task {
  title: string;
  description: string | null;
  status: string;
  priority: string;
  dueDate: string | null;
  id: number;
  isCompleted: boolean;
  ownerId: number;
  createdAt: string;
  updatedAt: string;
  estimateMinutes: number | null;
  version: number;
}

export interface TaskPage {
  tasks: Task[];
  total: number;
  skip: number;
  limit: number;
  nextCursor: string | null;
}

const TASK =
  'title description status priority due_date id is_completed owner_id created_at updated_at estimate_minutes version'.split(
    ' ',
  );
const PAGE = ['tasks', 'total', 'skip', 'limit', 'next_cursor'];
const COUNTS = 'total todo in_progress done completed high_priority medium_priority low_priority'.split(' ');

/** A Task: exactly the promised members, in order, and `is_completed` following `status`. */
function toTask(value: unknown): Task {
  const task = membersOf(value, TASK, 'members of a task');
  expect(['todo', 'in_progress', 'done']).toContain(task['status']);
  expect(['low', 'medium', 'high']).toContain(task['priority']);
  expect(task['is_completed'], 'is_completed follows status == done').toBe(task['status'] === 'done');
  return {
    title: textOf(task['title'], 'title'),
    description: textOrNullOf(task['description'], 'description'),
    status: textOf(task['status'], 'status'),
    priority: textOf(task['priority'], 'priority'),
    dueDate: task['due_date'] === null ? null : timestampOf(task['due_date'], 'due_date'),
    id: integerOf(task['id'], 'id'),
    isCompleted: booleanOf(task['is_completed'], 'is_completed'),
    ownerId: integerOf(task['owner_id'], 'owner_id'),
    createdAt: timestampOf(task['created_at'], 'created_at'),
    updatedAt: timestampOf(task['updated_at'], 'updated_at'),
    estimateMinutes: task['estimate_minutes'] === null ? null : integerOf(task['estimate_minutes'], 'estimate_minutes'),
    version: integerOf(task['version'], 'version'),
  };
}

/** Reads an answer that is one task. */
export function readTask(answer: Answer, status = 200): Task {
  expect(answer.status, answer.text.slice(0, 500)).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/json(; ?charset=utf-8)?$/i);
  return toTask(answer.json);
}

/** Reads a page of the list of tasks. */
export function readTaskPage(answer: Answer): TaskPage {
  expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  const page = membersOf(answer.json, PAGE, 'members of a page');
  return {
    tasks: listOf(page['tasks'], 'tasks').map(toTask),
    total: integerOf(page['total'], 'total'),
    skip: integerOf(page['skip'], 'skip'),
    limit: integerOf(page['limit'], 'limit'),
    nextCursor: textOrNullOf(page['next_cursor'], 'next_cursor'),
  };
}

/** Reads the counts of `GET /tasks/stats` in their promised order. */
export function readTaskCounts(answer: Answer): number[] {
  expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  const counts = membersOf(answer.json, COUNTS, 'members of the counts');
  return COUNTS.map((name) => integerOf(counts[name], name));
}
