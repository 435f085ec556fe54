import { describe, expect, it } from 'vitest';
import { createDemoTasks, type DemoTask } from './demo-tasks.ts';

const now = new Date('2026-03-04T05:06:07Z');

/** Same numbers on each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const tasks = createDemoTasks(280, now, seeded(1));
const share = (wanted: (task: DemoTask) => boolean): number => tasks.filter(wanted).length / tasks.length;

describe('the demo tasks', () => {
  it('are as many as asked for, none twice', () => {
    expect(new Set(tasks.map(({ title }) => title)).size).toBe(280);
  });

  it('have texts without gaps, of a length that the API accepts', () => {
    for (const { title, description } of tasks) {
      expect(`${title} ${description}`).not.toContain('{}');
      expect(title.length).toBeLessThanOrEqual(120);
    }
  });

  it('are due over months, on working days', () => {
    const due = tasks.flatMap(({ due_date: date }) => (date === null ? [] : [new Date(date)]));
    const months = new Set(due.map((date) => date.toISOString().slice(0, 7)));
    expect(months.size).toBeGreaterThanOrEqual(6);
    expect(due.every((date) => date.getUTCDay() >= 1 && date.getUTCDay() <= 5)).toBe(true);
  });

  it('mix status and priority', () => {
    for (const status of ['todo', 'in_progress', 'done'])
      expect(share((task) => task.status === status)).toBeGreaterThan(0.1);
    for (const priority of ['low', 'medium', 'high'])
      expect(share((task) => task.priority === priority)).toBeGreaterThan(0.15);
  });

  it('are mostly estimated, at two working days or less', () => {
    expect(share(({ estimate_minutes: minutes }) => minutes === null)).toBeLessThan(0.4);
    for (const { estimate_minutes: minutes } of tasks) {
      expect((minutes ?? 15) % 15).toBe(0);
      expect(minutes ?? 15).toBeGreaterThan(0);
      expect(minutes ?? 15).toBeLessThanOrEqual(960);
    }
  });

  it('leave a few overdue, as in real life', () => {
    const overdue = share(({ status, due_date: date }) => status !== 'done' && date !== null && new Date(date) < now);
    expect(overdue).toBeGreaterThan(0.005);
    expect(overdue).toBeLessThan(0.15);
  });
});
