import { expect } from 'vitest';
import type { Task } from './task-shape.ts';

export const SORTS = ['created_at', '-created_at', 'updated_at', '-updated_at', 'due_date', '-due_date'] as const;

export type Sort = (typeof SORTS)[number];

const KEYS = { created_at: 'createdAt', updated_at: 'updatedAt', due_date: 'dueDate' } as const;

/** Fails unless the tasks are in this order: nulls last either way, ties all broken by `id` in one direction. */
export function expectSorted(tasks: Task[], sort: Sort): void {
  const descending = sort.startsWith('-');
  const name = sort.replace('-', '');
  const key = KEYS[name === 'updated_at' || name === 'due_date' ? name : 'created_at'];
  const idDirections = new Set<number>();
  for (const [index, task] of tasks.entries()) {
    const next = tasks[index + 1];
    if (!next) break;
    const [one, other] = [task[key], next[key]];
    if (one === other) idDirections.add(Math.sign(next.id - task.id));
    else if (one === null) expect.fail(`${sort}: a null comes before ${other}`);
    else if (other !== null) expect(one < other, `${sort}: ${one} before ${other}`).toBe(!descending);
  }
  expect(idDirections.size, `${sort}: one direction for ties`).toBeLessThanOrEqual(1);
  if (sort === '-created_at') expect([...idDirections].filter((direction) => direction > 0)).toEqual([]);
}
