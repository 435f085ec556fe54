import { demoTopics, type DemoTopic } from './demo-topics.ts';

export interface DemoTask {
  readonly title: string;
  readonly description: string | null;
  readonly status: 'todo' | 'in_progress' | 'done';
  readonly priority: 'low' | 'medium' | 'high';
  /** RFC 3339, or null. */
  readonly due_date: string | null;
  readonly estimate_minutes: number | null;
}

const dayMs = 24 * 60 * 60 * 1000;
const firstDueDay = -60;
const lastDueDay = 150;

/**
 * The backlog of a platform team: due over seven months around `now`, mostly done where due, a few overdue.
 * `random` gives numbers from 0 up to 1. Titles don't repeat; there are at most as many tasks as topics have subjects.
 */
export function createDemoTasks(count: number, now: Date, random: () => number): DemoTask[] {
  const wanted = demoTopics.flatMap((topic) => topic.subjects.map((subject) => ({ topic, subject })));
  return shuffle(wanted, random)
    .slice(0, count)
    .map(({ topic, subject }) => toTask(topic, subject, now, random))
    .map((task) => ({ ...task, estimate_minutes: pickEstimate(random) }));
}

function toTask(
  topic: DemoTopic,
  subject: string,
  now: Date,
  random: () => number,
): Omit<DemoTask, 'estimate_minutes'> {
  const dueInDays = random() < 0.12 ? undefined : firstDueDay + Math.floor(random() * (lastDueDay - firstDueDay));
  return {
    title: topic.title.replace('{}', subject),
    description: random() < 0.6 ? topic.description.replaceAll('{}', subject) : null,
    status: pickStatus(dueInDays, random),
    priority: pickPriority(topic.priority, random),
    due_date: dueInDays === undefined ? null : toDueDate(now, dueInDays, random),
  };
}

/** Past tasks are mostly done, tasks of the next fortnight are in the works, later ones are still to do. */
function pickStatus(dueInDays: number | undefined, random: () => number): DemoTask['status'] {
  const [done, inProgress] =
    dueInDays === undefined ? [0.3, 0.15] : dueInDays < 0 ? [0.86, 0.08] : dueInDays < 14 ? [0.25, 0.45] : [0.04, 0.1];
  const roll = random();
  if (roll < done) return 'done';
  return roll < done + inProgress ? 'in_progress' : 'todo';
}

/** The topic's own in three cases of four. */
function pickPriority(usual: DemoTask['priority'], random: () => number): DemoTask['priority'] {
  const roll = random();
  if (roll < 0.75) return usual;
  return roll < 0.85 ? 'low' : roll < 0.95 ? 'medium' : 'high';
}

/** From a quarter of an hour to two days' work, mostly little; one in five has none. */
function pickEstimate(random: () => number): number | null {
  const roll = random();
  return roll < 0.2 ? null : 15 * (1 + Math.floor(64 * ((roll - 0.2) / 0.8) ** 3));
}

/** On a working day, at a full hour of the working day (UTC). */
function toDueDate(now: Date, inDays: number, random: () => number): string {
  const due = new Date(now.getTime() + inDays * dayMs);
  const weekday = due.getUTCDay();
  const toMonday = weekday === 6 ? 2 : weekday === 0 ? 1 : 0;
  due.setUTCDate(due.getUTCDate() + toMonday);
  due.setUTCHours(8 + Math.floor(random() * 10), 0, 0, 0);
  return due.toISOString();
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
