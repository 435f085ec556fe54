import assert from 'node:assert/strict';
import { readCommandLine } from '@tasktracker/command-line';
import { createPrismaAdapter } from '@tasktracker/postgres';
import { PrismaClient } from '../../apps/task/src/generated/prisma/client.ts';
import type { TaskFields } from '../../apps/task/src/tasks/task.ts';
import { toTwinJson } from '../../apps/task/test/prisma-twin.ts';
import { startTaskDatabase } from './harness/task-database.ts';
import { openTaskSession } from './harness/task-session.ts';
import { median } from './interval.ts';
import { firstPage } from './workers/task-call-plan.ts';

const usage = `npm run bench:sql

What the task repository's statements save: CPU of this process for each call, by SQL and by Prisma, in turns, on a database of
its own. It takes no options.
`;
readCommandLine(usage, {});

const rounds = 9;
const callsPerRound = 1_000;
const owner = 1n;

const database = await startTaskDatabase();
const session = openTaskSession(database.appUrl);
const { tasks } = session.store;
const prisma = new PrismaClient({ adapter: createPrismaAdapter(session.pool) });
const fields: TaskFields = {
  title: 'Write the quarterly report',
  description: 'Twelve pages, with the figures of all regions',
  status: 'in_progress',
  priority: 'high',
  dueDate: new Date('2030-01-02T03:04:05.678Z'),
  estimateMinutes: 90,
};

const roads: Record<string, [sql: () => Promise<unknown>, prisma: () => Promise<unknown>]> = {
  'read one': [
    () => tasks.find(owner, 500n).then((found) => found?.json),
    async () => toTwinJson(await prisma.task.findFirstOrThrow({ where: { id: 500n, ownerId: owner } })),
  ],
  'list 20 with total': [
    () => tasks.findPage(owner, firstPage).then((found) => `${found.tasks} ${found.total}`),
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
await prisma.$disconnect();
await session.close();
await database.stop();
