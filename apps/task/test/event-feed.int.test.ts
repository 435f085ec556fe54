import { Type, Value } from '@tasktracker/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuer, openTaskApp, type TaskApp } from './open-task-app.ts';

const Batch = Type.Array(Type.Object({ type: Type.String(), subject: Type.String(), data: Type.Unknown() }));

describe('the feed of tasks', () => {
  let app: TaskApp;

  beforeAll(async () => {
    app = await openTaskApp();
  });
  afterAll(() => app.close());

  const token = issuer.token({ sub: 'service:stats', client_id: 'stats', scope: 'events:read', sid: undefined });

  async function read(query = ''): Promise<{ next: string; events: unknown[] }> {
    const answer = await app.app.inject({
      url: `/internal/events${query}`,
      headers: { authorization: `Bearer ${token}` },
    });
    const events = Value.Parse(Batch, answer.json()).map(({ type, subject, data }) => ({ type, subject, data }));
    return { next: String(answer.headers['next-position']), events };
  }

  it(
    'begins with the tasks, told as when they were made, and goes on with what happens',
    { tags: ['event-bootstrap'] },
    async () => {
      const task = await app.create({ title: 'Ä "task"', due_date: '2030-01-02', estimate_minutes: 5 });
      const state = await read();
      const [logged] = await app.sql<{ data: unknown }>('SELECT data FROM outbox_events');
      expect(state.events).toEqual([{ type: 'task.created.v1', subject: `tasks/${task.id}`, data: logged?.data }]);
      expect(logged?.data).toEqual({ owner_id: task.owner_id, task });
      await app.call({ method: 'PATCH', path: `/${task.id}/complete` });
      await app.call({ method: 'DELETE', path: `/${task.id}` });
      const { events } = await read(`?after=${state.next}`);
      expect(events).toMatchObject([
        { type: 'task.updated.v1', data: { changed: ['status'], previous: { status: 'todo' } } },
        { type: 'task.deleted.v1', data: { task: { id: task.id, status: 'done' } } },
      ]);
    },
  );

  it('is for services alone', { tags: ['service-tokens-apart'] }, async () => {
    for (const headers of [{}, { authorization: `Bearer ${issuer.token()}` }]) {
      expect((await app.app.inject({ url: '/internal/events', headers })).statusCode).toBe(401);
    }
    expect((await app.call({ headers: { authorization: `Bearer ${token}` }, as: null })).statusCode).toBe(401);
  });
});
