import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTaskApp, owner, type TaskApp } from './open-task-app.ts';

describe('readiness', () => {
  let tasks: TaskApp;
  beforeAll(async () => {
    tasks = await openTaskApp();
  });
  afterAll(() => tasks.close());

  const statusOf = async (url: string): Promise<number> => (await tasks.app.inject(url)).statusCode;

  it(
    'is there with the database and its schema, gone without the last migration; liveness stays',
    { tags: ['readiness'] },
    async () => {
      expect(await statusOf('/readyz')).toBe(200);
      await tasks.ownerSql('UPDATE _prisma_migrations SET finished_at = null');
      await expect.poll(() => statusOf('/readyz'), { timeout: 5_000 }).toBe(503);
      expect(await statusOf('/healthz')).toBe(200);
      await tasks.ownerSql('UPDATE _prisma_migrations SET finished_at = now()');
      await expect.poll(() => statusOf('/readyz'), { timeout: 5_000 }).toBe(200);
      await tasks.ownerSql(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('n', '', '99990101000000_newer', now())`,
      );
      await expect.poll(() => statusOf('/readyz'), { timeout: 5_000 }).toBe(200);
    },
  );
});

describe('without its database', () => {
  let tasks: TaskApp;
  beforeAll(async () => {
    // Port 1: nobody listens there.
    tasks = await openTaskApp({ DATABASE_URL: 'postgres://task_app:secret@127.0.0.1:1/tasktracker_task' });
  });
  afterAll(() => tasks.close());

  it.each([
    ['GET', '', undefined],
    ['GET', '/stats', undefined],
    ['GET', '/1', undefined],
    ['POST', '', { title: 'x' }],
    ['PATCH', '/1', { title: 'x' }],
    ['PATCH', '/1/complete', undefined],
    ['DELETE', '/1', undefined],
  ] as const)(
    '%s %s says 503 and when to try again, and nothing about the reason',
    { tags: ['upstream-down', 'server-errors-say-nothing'] },
    async (method, path, body) => {
      const answer = await tasks.call({ method, path, ...(body && { body }) });
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
      expect(answer.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', detail: 'Service unavailable' });
      expect(answer.body).not.toMatch(/127\.0\.0\.1|ECONN|postgres|secret|prisma/i);
    },
  );

  it('is alive and not ready, and still refuses what is wrong', async () => {
    expect((await tasks.app.inject('/healthz')).statusCode).toBe(200);
    expect((await tasks.app.inject('/readyz')).statusCode).toBe(503);
    expect((await tasks.call({ method: 'POST', body: {} })).statusCode).toBe(422);
    expect((await tasks.call({ as: null })).statusCode).toBe(401);
  });
});

describe('when every connection is busy', () => {
  it(
    'answers 504 to whoever waited too long, loses nothing, and goes on afterwards',
    { tags: ['overload'] },
    async () => {
      const tasks = await openTaskApp({ DATABASE_POOL_SIZE: '1' });
      const { id } = await tasks.create();
      const blocker = new Client({ connectionString: tasks.databaseUrl });
      await blocker.connect();
      await blocker.query('BEGIN');
      await blocker.query('SELECT FROM tasks WHERE id = $1 AND owner_id = $2 FOR UPDATE', [id, owner]);
      // Holds the only connection until the row is free.
      const waiting = tasks.call({ method: 'PATCH', path: `/${id}`, body: { title: 'Late' } });
      await expect
        .poll(
          async () => (await blocker.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rowCount,
          {
            timeout: 4_000,
          },
        )
        .toBe(1);
      const headers = { 'x-request-deadline-ms': '300' };
      const others = await Promise.all([
        tasks.call({ headers }),
        tasks.call({ method: 'PATCH', path: `/${id}`, body: {}, headers }),
        tasks.call({ path: '/stats', headers }),
      ]);
      expect(others.map((answer) => [answer.statusCode, answer.headers['retry-after']])).toEqual([
        [504, '1'],
        [504, '1'],
        [504, '1'],
      ]);
      await blocker.query('COMMIT');
      await blocker.end();
      expect((await waiting).json()).toMatchObject({ title: 'Late' });
      expect((await tasks.list()).tasks).toMatchObject([{ title: 'Late' }]);
      await tasks.close();
    },
  );
});
