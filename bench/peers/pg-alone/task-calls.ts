// `pg` and nothing around it, as it is usually used: what the driver takes of the processor in Node. Fair: the repository's SQL
// under a name, a connection for each client with the same settings, random values as ours; it takes each row and makes nothing
// of it. It has less to do: no deadlines, no bound of those who wait, no tasks made of rows; and it pipelines nothing.
import { Pool } from 'pg';
import { toPageStatement } from '../../../apps/task/src/tasks/task-page-sql.ts';
import { taskSessionSettings } from '../../../apps/task/src/tasks/task-store.ts';
import { readTaskStatements } from '../../src/harness/task-statements.ts';
import { answerTasks, type Loop } from '../../src/workers/answer-tasks.ts';
import { clients, firstPage, owners, tasksOfOwner } from '../../src/workers/task-call-plan.ts';

const settings = Object.entries({ ...taskSessionSettings, TimeZone: 'UTC' });
const pool = new Pool({
  connectionString: process.env['DATABASE_URL'],
  max: clients,
  options: settings.map(([name, value]) => `-c ${name}=${value}`).join(' '),
});
const sql = await readTaskStatements();
const random = (below: number): number => Math.floor(Math.random() * below);

const ask =
  (name: 'get' | 'list', drawValues: () => unknown[]): Loop =>
  async () => {
    const { rows } = await pool.query({ name, text: sql[name], values: drawValues() });
    if (rows.length === 0) throw new Error(`${name} gave nothing`);
  };

answerTasks(
  {
    find: ask('get', () => {
      const place = random(owners * tasksOfOwner);
      return [place + 1, Math.floor(place / tasksOfOwner) + 1];
    }),
    page: ask('list', () => [...toPageStatement(BigInt(random(owners) + 1), firstPage).values]),
  },
  clients,
  () => pool.end(),
);
