// Calls the task service's repository as a request does: on the service's pool, under a deadline.
import { createDeadline, withDeadline } from '@tasktracker/deadline';
import { createPool } from '@tasktracker/postgres';
import { createLogger } from '@tasktracker/service-kit';
import { parseTaskConfig } from '../../../apps/task/src/config.ts';
import { openDeps } from '../../../apps/task/src/deps.ts';
import { taskSessionSettings } from '../../../apps/task/src/tasks/task-store.ts';
import { answerTasks, type Loop } from './answer-tasks.ts';
import { leastCreate, leastNames } from './least-creates.ts';
import { clients, creators, firstPage, newKey, newTask, owners, quota, tasksOfOwner } from './task-call-plan.ts';

const config = parseTaskConfig({
  PORT: '0',
  USER_SERVICE_URL: 'http://127.0.0.1:9',
  DATABASE_URL: process.env['DATABASE_URL'] ?? '',
  DATABASE_POOL_SIZE: String(clients),
});
const { store, close } = openDeps(config, createLogger('bench', 'warn'));
/** For what the peer of a call is: the service's own pool again. */
const pool = createPool({
  connectionString: config.databaseUrl,
  max: clients,
  applicationName: 'bench',
  settings: taskSessionSettings,
  log: { warn: () => {} },
});
const random = (below: number): number => Math.floor(Math.random() * below);

const underDeadline =
  (call: () => Promise<unknown>): Loop =>
  async () => {
    const deadline = createDeadline(10_000);
    await withDeadline(deadline, call);
    deadline.settle();
  };

answerTasks(
  {
    find: underDeadline(async () => {
      const place = random(owners * tasksOfOwner);
      const task = await store.tasks.find(BigInt(Math.floor(place / tasksOfOwner) + 1), BigInt(place + 1));
      if (task === undefined) throw new Error(`task ${place + 1} is missing`);
    }),
    page: underDeadline(() => store.tasks.findPage(BigInt(random(owners) + 1), firstPage)),
    create: underDeadline(async () => {
      const created = await store.tasks.createOnce(
        newKey(BigInt(random(creators) + 1)),
        newTask,
        quota,
        '/api/v1/tasks',
      );
      if (created?.status !== 201) throw new Error('no task was created');
    }),
    ...Object.fromEntries(
      leastNames.map((name) => [name, underDeadline(() => pool.query(leastCreate(name, random(creators) + 1)))]),
    ),
  },
  clients,
  async () => {
    await close();
    await pool.end();
  },
);
