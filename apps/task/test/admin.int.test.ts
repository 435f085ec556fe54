import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTaskApp, owner, type TaskApp } from './open-task-app.ts';

const entry = fileURLToPath(new URL('../src/admin.ts', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function taskOn(databaseUrl: string, ...args: string[]): Promise<Outcome> {
  const env = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], DATABASE_URL: databaseUrl };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [entry, ...args], { env });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = Object(error);
    return { code, out: stdout, err: stderr };
  }
}

describe("the operator's command", () => {
  let app: TaskApp;

  beforeAll(async () => {
    app = await openTaskApp();
  });
  afterAll(() => app.close());

  const task = (...args: string[]): Promise<Outcome> => taskOn(app.databaseUrl, ...args);

  it(
    'shows the events that could not be handled, and handles or forgets them',
    { tags: ['events-poisoned'] },
    async () => {
      expect(await task('events', 'list')).toEqual({ code: 0, out: 'No event is set aside.\n', err: '' });
      const { inbox } = app.store;
      await inbox.lead('user', '00000000-0000-4000-8000-000000000000', 0);
      for (const id of [owner, 99n]) {
        const data = { account_id: Number(id) };
        const event = {
          id: `e${id}`,
          type: 'account.deleted.v1',
          subject: `accounts/${id}`,
          time: 'now',
          position: '1-0',
          data,
        };
        await inbox.setAside('user', event, 'Error: was away');
      }
      await app.create();
      expect((await task('events', 'list')).out.split('\n')).toHaveLength(3);
      expect(await task('events', 'retry', `accounts/${owner}`)).toMatchObject({
        code: 0,
        out: '1 handled, 0 still set aside.\n',
      });
      expect((await app.list()).total).toBe(0);
      expect(await task('events', 'drop', 'accounts/99')).toMatchObject({ code: 0, out: '1 dropped.\n' });
      expect(await inbox.listSetAside(10)).toEqual([]);
    },
  );

  it('says by its exit code that some could not be handled', async () => {
    const { inbox } = app.store;
    const [type, subject] = ['account.deleted.v1', 'accounts/7'];
    await inbox.setAside('user', { id: 'e', type, subject, time: 'now', position: '1-0', data: {} }, 'Error: wrong');
    expect(await task('events', 'retry')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/again: [^]*\n0 handled, 1 still set aside\.\n$/),
    });
  });

  it('says in a sentence that the database lets nobody in, or is not there', async () => {
    const wrongPassword = new URL(app.databaseUrl);
    wrongPassword.password = 'not-this-one';
    expect(await taskOn(wrongPassword.href, 'events', 'list')).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^The database that DATABASE_URL names does not let us in: password.*\.\n$/),
    });
    expect(await taskOn('postgres://127.0.0.1:1/x', 'events', 'list')).toEqual({
      code: 1,
      out: '',
      err: "The database that DATABASE_URL names can't be reached.\n",
    });
  });

  it.each([[[]], [['events']], [['events', 'drop']], [['events', 'remove', 'x']], [['tasks', 'list']]])(
    'says how it is used when it is not: %j',
    async (args) => {
      expect(await task(...args)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(/^Usage: events list/),
      });
    },
  );
});
