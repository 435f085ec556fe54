import { createServiceApp, addScope, bearerScope, createLogger } from '@tasktracker/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idempotencyKeys } from '../src/idempotency.ts';
import { sweepKeys } from '../src/sweep-keys.ts';
import { NotesProblem, openNotesService, type NotesService, type SentNote } from './notes-service.ts';

let service: NotesService;

beforeAll(async () => {
  service = await openNotesService();
});
afterAll(() => service.close());
beforeEach(async () => {
  service.before = async () => undefined;
  service.prepared = 0;
  await service.sql('DELETE FROM notes');
  await service.sql('DELETE FROM idempotency_keys');
});

const countNotes = async (): Promise<number> =>
  (await service.sql<{ count: number }>('SELECT count(*)::integer AS count FROM notes'))[0]?.count ?? -1;
const countKeys = async (): Promise<number> =>
  (await service.sql<{ count: number }>('SELECT count(*)::integer AS count FROM idempotency_keys'))[0]?.count ?? -1;

const keptBy = (each: NotesService): Promise<Record<string, unknown>[]> =>
  each.sql(`SELECT row_to_json(k)::text AS row, fingerprint::text FROM idempotency_keys k`);
const ignore = (_outcome?: unknown): void => undefined;

describe('a write with a key', () => {
  it('is done once and answered again byte for byte', { tags: ['key-replay', 'key-expiry'] }, async () => {
    const first = await service.send({ key: 'a' });
    const again = await service.send({ key: 'a' });
    expect(first).toMatchObject({
      statusCode: 201,
      headers: { location: expect.stringMatching(/^\/notes\/\d+$/), etag: '"1"' },
    });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    for (const name of ['location', 'etag', 'content-type', 'idempotency-expires', 'cache-control']) {
      expect(again.headers[name]).toBe(first.headers[name]);
    }
    expect([again.statusCode, again.rawPayload]).toEqual([first.statusCode, first.rawPayload]);
    const expires = new Date(String(first.headers['idempotency-expires']));
    expect(first.headers['idempotency-expires']).toBe(expires.toISOString());
    expect(Math.abs(expires.getTime() - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    expect(await countNotes()).toBe(1);
  });

  it('is answered again without a body where there was none', async () => {
    const [first, again] = [
      await service.send({ method: 'DELETE', key: 'a' }),
      await service.send({ method: 'DELETE', key: 'a' }),
    ];
    expect([first.statusCode, first.payload, again.statusCode, again.payload]).toEqual([204, '', 204, '']);
    expect(again.headers).not.toHaveProperty('content-type');
    expect(await countNotes()).toBe(1);
  });

  it.each<[string, SentNote, SentNote]>([
    ['bare and quoted', { key: 'a' }, { key: '"a"' }],
    [
      'whatever the order of members and the white space',
      { body: '{"text":"x","a":1}' },
      { body: ' {"a": 1.0, "text" : "x"}' },
    ],
    ['with and without a slash at the end', { url: '/notes?a=1' }, { url: '/notes/?a=1' }],
  ])('is the same %s', { tags: ['key-same'] }, async (_what, one, other) => {
    expect((await service.send({ key: 'a', ...one })).statusCode).toBe(201);
    expect((await service.send({ key: 'a', ...other })).headers).toHaveProperty('idempotency-replayed');
    expect(await countNotes()).toBe(1);
  });

  it.each<[string, SentNote]>([
    ['method', { method: 'PUT' }],
    ['path', { method: 'PATCH', url: '/notes/1' }],
    ['query', { url: '/notes?dry=true' }],
    ['body', { body: { text: 'y' } }],
    ['body, if only by what is ignored', { body: { text: 'x', more: 1 } }],
    ['If-Match', { headers: { 'if-match': '"2"' } }],
  ])('is refused with another %s', { tags: ['key-reused'] }, async (_what, other) => {
    await service.send({ key: 'a' });
    const answer = await service.send({ key: 'a', ...other });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', errors: [{ in: 'header' }] });
    expect(await countNotes()).toBe(1);
  });

  it('is not the write of another caller with the same key', { tags: ['key-of-caller'] }, async () => {
    await service.send({ key: 'a' });
    const nobody: SentNote = { key: 'a', as: null, url: '/open' };
    const others = [await service.send({ key: 'a', as: 8n }), await service.send(nobody)];
    expect(others.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(await countNotes()).toBe(3);
    expect((await service.send(nobody)).headers).toMatchObject({
      'idempotency-replayed': 'true',
      location: others[1]?.headers['location'],
    });
  });

  it('is refused while it runs', { tags: ['key-in-use'] }, async () => {
    let end: () => void = ignore;
    const begun = new Promise<void>((begin) => {
      service.before = () => {
        begin();
        return new Promise<void>((resolve) => (end = resolve));
      };
    });
    const first = service.send({ key: 'a' });
    await begun;
    const second = await service.send({ key: 'a' });
    expect(second).toMatchObject({ statusCode: 409, headers: { 'retry-after': '1' } });
    expect(second.json()).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_USE' });
    end();
    expect((await first).statusCode).toBe(201);
    expect((await service.send({ key: 'a' })).headers).toMatchObject({ 'idempotency-replayed': 'true' });
  });

  it('is done once when many send it at once', { tags: ['key-once'] }, async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => service.send({ key: 'a' })));
    expect(answers.filter(({ statusCode }) => statusCode !== 201 && statusCode !== 409)).toEqual([]);
    expect(new Set(answers.filter(({ statusCode }) => statusCode === 201).map(({ payload }) => payload)).size).toBe(1);
    expect(await countNotes()).toBe(1);
  });

  it('is undone if another was quicker after all, and answered as that one', async () => {
    const first = await service.send({ key: 'a' });
    const [row] = await service.sql<{ row: string }>('SELECT row_to_json(k)::text AS row FROM idempotency_keys k');
    await service.sql('DELETE FROM idempotency_keys');
    service.before = async () => {
      await service.sql(`INSERT INTO idempotency_keys
        SELECT * FROM json_populate_record(NULL::idempotency_keys, '${row?.row ?? ''}')`);
    };
    const answer = await service.send({ key: 'a' });
    expect(answer).toMatchObject({
      statusCode: 201,
      headers: { location: first.headers['location'], 'idempotency-replayed': 'true' },
    });
    expect(await countNotes()).toBe(1);
  });

  it('may be done anew when its time is over', { tags: ['key-expiry'] }, async () => {
    await service.send({ key: 'a' });
    await service.sql(`UPDATE idempotency_keys SET expires_at = now() - interval '1 ms'`);
    const anew = await service.send({ key: 'a', body: { text: 'another' } });
    expect(anew.statusCode).toBe(201);
    expect(await countNotes()).toBe(2);
    expect(anew.headers).not.toHaveProperty('idempotency-replayed');
    expect(await countKeys()).toBe(1);
  });
});

describe('a refusal', () => {
  it.each(['NOTE_NOT_FOUND', 'NOTE_TAKEN'] as const)(
    'by what is stored is an answer: %s',
    { tags: ['key-refusals'] },
    async (code) => {
      service.before = async () => {
        throw new NotesProblem(code);
      };
      const unkeyed = await service.send();
      const first = await service.send({ key: 'a' });
      service.before = async () => undefined;
      const again = await service.send({ key: 'a' });
      expect(first.json()).toMatchObject({ code });
      expect(first.headers['content-type']).toBe(unkeyed.headers['content-type']);
      expect([again.statusCode, again.payload]).toEqual([first.statusCode, first.payload]);
      expect(again.headers).toMatchObject({
        'idempotency-replayed': 'true',
        'content-type': first.headers['content-type'],
        'idempotency-expires': first.headers['idempotency-expires'],
      });
      expect(await countNotes()).toBe(0);
    },
  );

  it.each([
    [
      '400',
      async () => {
        throw new NotesProblem('NOTE_REFUSED');
      },
      400,
    ],
    [
      '500',
      async () => {
        throw new Error('unforeseen');
      },
      500,
    ],
  ] as const)('for another reason is not: %s', { tags: ['key-refusals'] }, async (_what, before, status) => {
    service.before = before;
    expect((await service.send({ key: 'a' })).statusCode).toBe(status);
    service.before = async () => undefined;
    const second = await service.send({ key: 'a', body: { text: 'another' } });
    expect(second.statusCode).toBe(201);
    expect(second.headers).not.toHaveProperty('idempotency-replayed');
  });

  it.each([
    ['401', { as: null }, 401],
    ['413', { body: { text: 'x'.repeat(1024 * 1024) } }, 413],
    ['415', { headers: { 'content-type': 'text/plain' } }, 415],
    ['422', { body: { text: 3 } }, 422],
  ] as const)(
    'before what is stored is looked at keeps nothing: %s',
    { tags: ['key-refusals'] },
    async (_what, note, status) => {
      expect((await service.send({ key: 'a', ...note })).statusCode).toBe(status);
      expect(await countKeys()).toBe(0);
    },
  );
});

describe('the header', () => {
  it.each(['', '""', 'a b', 'ä', 'x'.repeat(256), '"a", "b"'])(
    'is refused where it is no key: %j',
    { tags: ['key-invalid'] },
    async (key) => {
      const answer = await service.send({ key: Buffer.from(key).toString('latin1') });
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'IDEMPOTENCY_KEY_INVALID']);
      expect(await countNotes()).toBe(0);
    },
  );

  it('is refused before the body, and after credentials, media type and size', { tags: ['check-order'] }, async () => {
    const key = 'a b';
    expect((await service.send({ key, as: null })).statusCode).toBe(401);
    expect((await service.send({ key, headers: { 'content-type': 'text/plain' } })).statusCode).toBe(415);
    expect((await service.send({ key, body: '{' })).statusCode).toBe(400);
    expect((await service.send({ key, body: {} })).statusCode).toBe(400);
  });

  it('is asked for where an operation needs it', { tags: ['key-required'] }, async () => {
    const without = await service.send({ url: '/needing' });
    expect([without.statusCode, without.json().code]).toEqual([400, 'IDEMPOTENCY_KEY_REQUIRED']);
    expect((await service.send({ url: '/needing', key: 'a' })).statusCode).toBe(201);
  });

  it('is ignored, however bad, by an operation that takes none', { tags: ['key-not-taken'] }, async () => {
    for (const key of ['a', 'a b']) {
      const answer = await service.send({ url: '/secrets', key });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).not.toHaveProperty('idempotency-expires');
    }
    expect(await countKeys()).toBe(0);
  });

  it('is documented with its answers, where it is taken', async () => {
    const { paths } = (await service.app.inject('/openapi.json')).json();
    const { parameters, responses } = paths['/notes'].post;
    expect(parameters).toMatchObject([{ in: 'header', name: 'Idempotency-Key' }]);
    expect(responses['400'].description).toContain('IDEMPOTENCY_KEY_INVALID');
    expect(responses['409'].description).toContain('IDEMPOTENCY_KEY_IN_USE');
    expect(responses['422'].description).toContain('IDEMPOTENCY_KEY_REUSED');
    expect(responses['400'].description).not.toContain('IDEMPOTENCY_KEY_REQUIRED');
    expect(paths['/needing'].post.responses['400'].description).toContain('IDEMPOTENCY_KEY_REQUIRED');
    expect(paths['/secrets'].post).not.toHaveProperty('parameters');
  });
});

describe('an operation', () => {
  it('that says it takes a key and does not keep its answer is a fault of ours', async () => {
    expect((await service.send({ url: '/careless' })).statusCode).toBe(200);
    expect((await service.send({ url: '/careless', key: 'a' })).statusCode).toBe(500);
  });

  it('of a signed-in caller that writes and does not say whether it takes a key keeps the service from starting', async () => {
    const app = await createServiceApp({
      serviceName: 'forgetful-service',
      description: 'for tests',
      log: createLogger('forgetful-service', 'silent'),
      isReady: async () => true,
    });
    await app.register(idempotencyKeys, { lifetimeHours: 1 });
    await addScope(
      app,
      bearerScope('signed in', async () => undefined),
      async (scope) => {
        scope.get('/fine', { schema: { operationId: 'fine' } }, () => ({}));
        scope.patch('/forgotten', { schema: { operationId: 'forgotten' } }, () => ({}));
      },
    );
    await expect(app.ready()).rejects.toThrow('takesKey is missing: PATCH /forgotten');
    await app.close();
  });
});

const open = (body: unknown = { text: 'x' }) => service.send({ url: '/open', as: null, key: 'a', body });

describe('a costly part before the transaction', () => {
  it('is spared for an answer that is kept', async () => {
    expect((await open()).statusCode).toBe(201);
    expect((await open()).headers).toHaveProperty('idempotency-replayed');
    expect((await open({ text: 'y' })).statusCode).toBe(422);
    expect(service.prepared).toBe(1);
  });

  it('is done once for all who send the key at once, and again after a failure', async () => {
    let fail = ignore;
    service.before = () => new Promise((_resolve, reject) => (fail = reject));
    let refused = 0;
    const answers = Array.from({ length: 10 }, async () => {
      const answer = await open();
      if (answer.statusCode === 409) refused += 1;
      return answer;
    });
    await expect.poll(() => refused).toBe(9);
    expect(service.prepared).toBe(1);
    fail(new Error('no more memory'));
    const statuses = (await Promise.all(answers)).map(({ statusCode }) => statusCode);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 9 }, () => 409), 500]);
    service.before = async () => undefined;
    expect((await open()).statusCode).toBe(201);
    expect(await countNotes()).toBe(1);
  });
});

describe('what is kept', () => {
  it('holds neither the key nor anything that a body could be guessed by', { tags: ['key-secrecy'] }, async () => {
    const secretive = await openNotesService({ lifetimeHours: 24, secret: Buffer.from('s') });
    await secretive.send({ key: 'my-key', as: null, url: '/open', body: { text: 'hunter2' } });
    await service.send({ key: 'my-key', as: null, url: '/open', body: { text: 'hunter2' } });
    const [[mine], [others]] = [await keptBy(secretive), await keptBy(service)];
    expect(JSON.stringify(mine)).not.toMatch(/my-key|hunter2/);
    expect(mine?.['fingerprint']).not.toBe(others?.['fingerprint']);
    await secretive.close();
  });

  it('goes with the account that it belongs to or tells of', { tags: ['key-deletion'] }, async () => {
    await service.send({ key: 'a' });
    await service.send({ key: 'a', as: 8n });
    await service.send({ key: 'a', as: null, url: '/open' });
    await service.answers.removeAllOf(7n);
    expect(await countKeys()).toBe(2);
    await service.answers.removeAllOf(99n);
    expect(await service.sql('SELECT caller_id FROM idempotency_keys')).toEqual([{ caller_id: '8' }]);
  });

  it(
    'is removed in bounded batches once its time is over, beside others who do the same',
    { tags: ['key-sweep'] },
    async () => {
      for (let n = 0; n < 25; n += 1) await service.send({ key: `old${n}` });
      await service.sql(`UPDATE idempotency_keys SET expires_at = now() - interval '1 s'`);
      await service.send({ key: 'young' });
      expect(await service.answers.sweep(10)).toBe(10);
      expect(await sweepKeys(service.answers, { batchSize: 2, maxBatches: 3 })).toBe(6);
      const removed = await Promise.all(Array.from({ length: 4 }, () => sweepKeys(service.answers)));
      expect(removed.reduce((sum, count) => sum + count, 0)).toBe(9);
      expect(await countKeys()).toBe(1);
    },
  );
});
