import { createSeededRandom } from '@tasktracker/seeded-random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTaskApp, owner, stranger, type Call, type TaskApp, type TaskBody } from './open-task-app.ts';
import { testSeed } from './test-seed.ts';

let tasks: TaskApp;

beforeAll(async () => {
  tasks = await openTaskApp();
});
afterAll(() => tasks.close());

const writes = [
  { method: 'PUT', suffix: '', body: { title: 'New' } },
  { method: 'PATCH', suffix: '', body: { title: 'New' } },
  { method: 'PATCH', suffix: '/complete' },
  { method: 'PATCH', suffix: '/incomplete' },
  { method: 'DELETE', suffix: '' },
] as const;
type Write = (typeof writes)[number];

const send = ({ suffix, ...call }: Write, id: number | string, ifMatch: string, as = owner) =>
  tasks.call({ ...call, path: `/${id}${suffix}`, headers: { 'if-match': ifMatch, 'x-request-id': 'same' }, as });

describe('the version of a task', () => {
  it('is 1 at first, one more with each change, and the tag of every answer that holds the task', async () => {
    const created = await tasks.call({ method: 'POST', body: { title: 'x' } });
    const { id } = created.json<TaskBody>();
    const path = `/${id}`;
    const answers = [
      created,
      await tasks.call({ method: 'PUT', path, body: { title: 'y' } }),
      await tasks.call({ method: 'PATCH', path, body: { priority: 'low' } }),
      await tasks.call({ method: 'PATCH', path: `${path}/complete` }),
      await tasks.call({ method: 'PATCH', path: `${path}/incomplete` }),
    ];
    expect(answers.map((answer) => answer.json<TaskBody>().version)).toEqual([1, 2, 3, 4, 5]);
    expect(answers.map((answer) => answer.headers['etag'])).toEqual(['"1"', '"2"', '"3"', '"4"', '"5"']);
    const read = await tasks.call({ path });
    expect([read.headers['etag'], read.body]).toEqual(['"5"', answers.at(-1)?.body]);
  });

  it('stays, with the tag, when no value changes', async () => {
    const { id } = await tasks.create({ status: 'done' });
    const calls: Call[] = [
      { method: 'PUT', path: `/${id}`, body: {} },
      { method: 'PATCH', path: `/${id}`, body: { title: 'A task', status: 'done', due_date: null } },
      { method: 'PATCH', path: `/${id}/complete` },
    ];
    for (const call of calls) {
      const answer = await tasks.call(call);
      expect([answer.json<TaskBody>().version, answer.headers['etag']]).toEqual([1, '"1"']);
    }
  });

  it('advances whoever writes, the release before and a person with psql too, and for a change of value only', async () => {
    const { id } = await tasks.create();
    const version = async (): Promise<number> => (await tasks.call({ path: `/${id}` })).json<TaskBody>().version;
    await tasks.sql(`UPDATE tasks SET title = 'As before', updated_at = now() WHERE id = $1`, [id]);
    expect(await version()).toBe(2);
    await tasks.ownerSql(`UPDATE tasks SET title = 'As before' WHERE id = $1`, [id]);
    expect(await version()).toBe(2);
    await tasks.sql('UPDATE tasks SET version = 99 WHERE id = $1', [id]);
    expect(await version()).toBe(3);
  });

  it('cannot be set by a body', async () => {
    const { id } = await tasks.create({ version: 9 });
    const answer = await tasks.call({ method: 'PATCH', path: `/${id}`, body: { version: 9 } });
    expect(answer.json<TaskBody>().version).toBe(1);
  });
});

describe('If-None-Match', () => {
  it.each(['"1"', 'W/"1"', '"7", "1"', '*'])('%s is answered 304 without a body, by GET and HEAD', async (has) => {
    const { id } = await tasks.create();
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await tasks.call({ method, path: `/${id}`, headers: { 'if-none-match': has } });
      expect([answer.statusCode, answer.headers['etag'], answer.body]).toEqual([304, '"1"', '']);
    }
  });

  it('is answered whole once the task has changed', async () => {
    const { id } = await tasks.create();
    const changed = await tasks.call({ method: 'PATCH', path: `/${id}/complete` });
    const answer = await tasks.call({ path: `/${id}`, headers: { 'if-none-match': '"1"' } });
    expect([answer.statusCode, answer.body]).toEqual([200, changed.body]);
  });

  it('shows nobody that a task of somebody else is there', async () => {
    const { id } = await tasks.create();
    const answer = await tasks.call({ path: `/${id}`, headers: { 'if-none-match': '*' }, as: stranger });
    expect(answer.statusCode).toBe(404);
  });
});

describe.each(writes)('If-Match of $method {id}$suffix', (write) => {
  it.each(['"1"', '"3", "1"', '*'])('lets it through for %s', async (ifMatch) => {
    const { id } = await tasks.create();
    expect((await send(write, id, ifMatch)).statusCode).toBe(write.method === 'DELETE' ? 204 : 200);
  });

  it.each(['"2"', 'W/"1"', '"0", "2"'])(
    'answers 412 with the task as it is for %s, and changes nothing',
    async (tag) => {
      const { id } = await tasks.create();
      const before = await tasks.call({ path: `/${id}` });
      const answer = await send(write, id, tag);
      expect([answer.statusCode, answer.headers['etag']]).toEqual([412, '"1"']);
      expect(answer.json()).toMatchObject({ code: 'PRECONDITION_FAILED' });
      expect(answer.body.endsWith(`,"current":${before.body}}`)).toBe(true);
      expect((await tasks.call({ path: `/${id}` })).body).toBe(before.body);
    },
  );

  it('is 404 for what is missing or somebody else’s, in the same bytes, whatever the tag', async () => {
    const { id } = await tasks.create();
    for (const tag of ['"1"', '"2"', '*']) {
      const [foreign, missing] = [await send(write, id, tag, stranger), await send(write, 999_999_999, tag, stranger)];
      expect(foreign.statusCode).toBe(404);
      expect([foreign.body, foreign.headers['etag']]).toEqual([missing.body, undefined]);
    }
    expect((await tasks.call({ path: `/${id}` })).json<TaskBody>().version).toBe(1);
  });

  it('is 400 when it is malformed, before an id that nobody has and before 422', async () => {
    for (const id of ['999999999', 'abc']) {
      const answer = await send(write, id, '1');
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'IF_MATCH_INVALID']);
    }
  });
});

it('lets exactly one of many edits of one version through, and loses none that it confirmed', async () => {
  const seed = testSeed();
  const random = createSeededRandom(seed, 'edits of one version');
  const { id } = await tasks.create({ title: '-' });
  let confirmed = '-';
  for (let version = 1; version <= 20; version += 1) {
    const names = Array.from({ length: 2 + random.below(5) }, (_, n) => `${version}.${n}`);
    const answers = await Promise.all(
      names.map((name) =>
        tasks.call({
          method: random.pick(['PUT', 'PATCH']),
          path: `/${id}`,
          body: { title: `${confirmed} ${name}`.slice(-200) },
          headers: { 'if-match': `"${version}"` },
        }),
      ),
    );
    const done = answers.filter((answer) => answer.statusCode === 200);
    expect(done, `seed ${seed}, version ${version}`).toHaveLength(1);
    expect(answers.filter((answer) => answer.statusCode === 412)).toHaveLength(names.length - 1);
    confirmed = done[0]?.json<TaskBody>().title ?? '';
  }
  const last = (await tasks.call({ path: `/${id}` })).json<TaskBody>();
  expect([last.title, last.version]).toEqual([confirmed, 21]);
});

it('has one version more for each of many untagged edits, all of which survive', async () => {
  const { id } = await tasks.create();
  const fields = [{ title: 'New' }, { description: 'New' }, { priority: 'low' }, { estimate_minutes: 3 }];
  await Promise.all(fields.map((body) => tasks.call({ method: 'PATCH', path: `/${id}`, body })));
  const after = (await tasks.call({ path: `/${id}` })).json<TaskBody>();
  expect(after).toMatchObject({ ...Object.assign({}, ...fields), version: 5 });
});
