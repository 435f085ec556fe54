// What the statements of task-repository.ts save: CPU of this process per call, by SQL and by Prisma, in turns.
import assert from 'node:assert/strict';
import { toTaskFilters } from '../src/tasks/task-query.ts';
import { createTaskStore } from '../src/tasks/task-store.ts';
import type { TaskFields } from '../src/tasks/task.ts';
import { toTwinJson } from '../test/prisma-twin.ts';
import { median, openBenchDatabase } from './open-bench-database.ts';

const rounds = 9;
const callsPerRound = 1_000;
const owner = 1n;

const database = await openBenchDatabase();
const { pool, prisma } = database;
const { tasks } = createTaskStore(pool);
const fields: TaskFields = {
  title: 'Write the quarterly report',
  description: 'Twelve pages, with the figures of all regions',
  status: 'in_progress',
  priority: 'high',
  dueDate: new Date('2030-01-02T03:04:05.678Z'),
  estimateMinutes: 90,
};

const page = { filters: toTaskFilters({}), sort: '-created_at', limit: 20, skip: 0 } as const;
const roads: Record<string, [sql: () => Promise<unknown>, prisma: () => Promise<unknown>]> = {
  'read one': [
    () => tasks.find(owner, 500n),
    async () => toTwinJson(await prisma.task.findFirstOrThrow({ where: { id: 500n, ownerId: owner } })),
  ],
  'list 20 with total': [
    () => tasks.findPage(owner, page).then((found) => `${found.tasks} ${found.total}`),
    async () => {
      const [rows, counts] = await Promise.all([
        prisma.task.findMany({ where: { ownerId: owner }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 21 }),
        prisma.taskCount.findMany({ where: { ownerId: owner } }),
      ]);
      return `${rows.slice(0, 20).map(toTwinJson).join(',')} ${counts.reduce((sum, { count }) => sum + count, 0n)}`;
    },
  ],
  create: [
    () => tasks.create(2n, fields, 1_000_000),
    async () => toTwinJson(await prisma.task.create({ data: { ownerId: 2n, ...fields } })),
  ],
};

async function cpuPerCall(call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < callsPerRound; n += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / callsPerRound;
}

for (let n = 0; n < 1_000; n += 1) await tasks.create(owner, fields, 1_000_000);
for (const [name, [bySql, byPrisma]] of Object.entries(roads)) {
  if (name !== 'create') assert.equal(await bySql(), await byPrisma());
  const measured: [sql: number, prisma: number][] = [];
  for (let round = -1; round < rounds; round += 1) {
    const sqlFirst = round % 2 === 0;
    const first = await cpuPerCall(sqlFirst ? bySql : byPrisma);
    const second = await cpuPerCall(sqlFirst ? byPrisma : bySql);
    if (round >= 0) measured.push(sqlFirst ? [first, second] : [second, first]); // the first round warms up
  }
  const ratio = median(measured.map(([sql, byOrm]) => byOrm / sql));
  const [sql, orm] = [median(measured.map(([micros]) => micros)), median(measured.map(([, micros]) => micros))];
  process.stdout.write(
    `${name}: SQL ${sql.toFixed(0)} µs, Prisma ${orm.toFixed(0)} µs of CPU per call; Prisma takes ${ratio.toFixed(1)}×\n`,
  );
}
await database.close();
