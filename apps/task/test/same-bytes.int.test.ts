import { createPool, createPrismaAdapter } from '@tasktracker/postgres';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrismaClient, type Prisma } from '../src/generated/prisma/client.ts';
import type { TaskColumn } from '../src/tasks/task-columns.ts';
import { Task } from '../src/tasks/task-schemas.ts';
import { openTaskApp, owner, type TaskApp, type TaskBody } from './open-task-app.ts';
import { toTwinJson } from './prisma-twin.ts';

let tasks: TaskApp;
let pool: Pool;
let prisma: PrismaClient;

beforeAll(async () => {
  tasks = await openTaskApp();
  const log = { warn: (facts: unknown) => expect.fail(String(facts)) };
  pool = createPool({ connectionString: tasks.databaseUrl, max: 1, applicationName: 'test', log });
  prisma = new PrismaClient({ adapter: createPrismaAdapter(pool) });
});
afterAll(async () => {
  await prisma.$disconnect();
  await pool.end();
  await tasks.close();
});

const twinOf = async (id: number): Promise<string> =>
  toTwinJson(await prisma.task.findUniqueOrThrow({ where: { id } }));

const control = Array.from({ length: 31 }, (_, code) => String.fromCharCode(code + 1)).join('');
const bodies: [what: string, body: Record<string, unknown>][] = [
  ['the shortest', { title: 'x' }],
  [
    'everything set',
    {
      title: 'x',
      description: 'y',
      status: 'done',
      priority: 'high',
      due_date: '2030-01-02T03:04:05.678Z',
      estimate_minutes: 90,
    } satisfies Record<TaskColumn, unknown>,
  ],
  [
    'every control character, quotes and backslashes',
    { title: `${control}\u007f\u0080"\\/'`, description: '</script>' },
  ],
  ['scripts, emoji and separators', { title: 'Ünï 東京 👩‍👩‍👧 \u2028\u2029\ufeff\uffff', description: '' }],
  ['no fraction of a second', { title: 'x', due_date: '2030-01-02T03:04:05Z' }],
  ['a trailing zero in the fraction', { title: 'x', due_date: '2030-01-02T03:04:05.120Z' }],
  ['the first instant', { title: 'x', due_date: '0001-01-01' }],
  ['the last instant', { title: 'x', due_date: '9999-12-31T23:59:59.999Z' }],
  ['the least estimate', { title: 'x', estimate_minutes: 0 }],
  ['the greatest estimate', { title: 'x', estimate_minutes: 100_000 }],
  ['a date before 1970', { title: 'x', due_date: '1883-11-18T12:03:58.001+01:30' }],
];

describe('a task reads the same, byte for byte', () => {
  it.each(bodies)('from every endpoint and as by Prisma: %s', { tags: ['task-bytes'] }, async (_what, body) => {
    const created = await tasks.call({ method: 'POST', body });
    const { id } = created.json<TaskBody>();
    const path = `/${id}`;
    const bytes = created.body;
    expect(Object.keys(created.json())).toEqual(Object.keys(Task.properties));
    expect(bytes).toBe(await twinOf(id));
    expect((await tasks.call({ path })).body).toBe(bytes);
    expect((await tasks.call({ method: 'PUT', path, body: {} })).body).toBe(bytes);
    expect((await tasks.call({ method: 'PATCH', path, body })).body).toBe(bytes);
    for (const query of [{ limit: 1 }, { limit: 1, search: String(body['title']).slice(0, 100) }]) {
      expect((await tasks.call({ query })).body).toContain(`{"tasks":[${bytes}],`);
    }
    const completed = await tasks.call({ method: 'PATCH', path: `${path}/complete` });
    expect(completed.body).toBe(await twinOf(id));
    const reopened = await tasks.call({ method: 'PATCH', path: `${path}/incomplete` });
    expect(reopened.body).toBe(await twinOf(id));
    const changed = await tasks.call({ method: 'PATCH', path, body: { ...body, priority: 'low' } });
    expect(changed.body).toBe(await twinOf(id));
  });

  it('in lists of any kind, as by Prisma', { tags: ['task-bytes'] }, async () => {
    const rows = await prisma.task.findMany({
      where: { ownerId: owner },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    const all = `{"tasks":[${rows.map(toTwinJson).join(',')}],`;
    expect((await tasks.call()).body.startsWith(all)).toBe(true);
    const medium = rows.filter(({ priority }) => priority === 'low').map(toTwinJson);
    expect((await tasks.call({ query: { priority: 'low' } })).body.startsWith(`{"tasks":[${medium.join(',')}],`)).toBe(
      true,
    );
    const dated = rows.filter(({ dueDate }) => dueDate !== null).map(toTwinJson);
    const answer = await tasks.call({ query: { due_after: '0001-01-01' } });
    expect(answer.body.startsWith(`{"tasks":[${dated.join(',')}],`)).toBe(true);
  });
});

const counted = (where: Prisma.TaskWhereInput): Promise<number> =>
  prisma.task.count({ where: { ownerId: owner, ...where } });

it('statistics count the same as Prisma does', { tags: ['task-bytes'] }, async () => {
  await tasks.call({ method: 'POST', body: { title: 'x', status: 'in_progress', priority: 'high' } });
  expect((await tasks.call({ path: '/stats' })).json()).toEqual({
    total: await counted({}),
    todo: await counted({ status: 'todo' }),
    in_progress: await counted({ status: 'in_progress' }),
    done: await counted({ status: 'done' }),
    completed: await counted({ status: 'done' }),
    high_priority: await counted({ priority: 'high' }),
    medium_priority: await counted({ priority: 'medium' }),
    low_priority: await counted({ priority: 'low' }),
  });
});
