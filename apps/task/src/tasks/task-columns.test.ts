import { expect, expectTypeOf, it } from 'vitest';
import { TaskPriority, TaskStatus, type Task as TaskRow } from '../generated/prisma/client.ts';
import { taskPriorities, taskStatuses, type TaskFields } from './task.ts';

it('has a field for each column that an owner decides about, of the type that Prisma reads', () => {
  // Does the compiler complain here? A new field needs its column in prisma/schema.prisma; then `npx nx run-many -t generate`.
  expectTypeOf<Readonly<Pick<TaskRow, keyof TaskFields>>>().toEqualTypeOf<TaskFields>();
});

it('knows the statuses and priorities of the database, in its order', () => {
  expect(taskStatuses).toEqual(Object.values(TaskStatus));
  expect(taskPriorities).toEqual(Object.values(TaskPriority));
});
