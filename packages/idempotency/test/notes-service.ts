import { createTestDatabase } from '@tasktracker/embedded-postgres/testing';
import { defineErrors, NotAuthenticated, Problem } from '@tasktracker/errors';
import { createPool, heldTransaction, onPool, toDatabaseProblem, type RunStatement } from '@tasktracker/postgres';
import {
  addScope,
  bearerScope,
  createLogger,
  createServiceApp,
  publicScope,
  type ServiceApp,
} from '@tasktracker/service-kit';
import type { LightMyRequestResponse } from 'fastify';
import type { QueryResultRow } from 'pg';
import { Type } from '@tasktracker/schema';
import {
  createAnswerRepository,
  createKeyedWrites,
  idempotencyKeys,
  sendAnswer,
  type AnswerRepository,
  type Outcome,
} from '../src/idempotency.ts';
import type { KeyRules } from '../src/keyed-write.ts';

const notesErrors = defineErrors({
  NOTE_NOT_FOUND: { status: 404, detail: 'Note not found' },
  NOTE_TAKEN: { status: 400, detail: 'Taken', isDecidedByState: true },
  NOTE_REFUSED: { status: 400, detail: 'Refused' },
});

export class NotesProblem extends Problem {
  constructor(code: keyof typeof notesErrors) {
    super(notesErrors[code]);
  }
}

interface Repositories {
  readonly answers: AnswerRepository;
  readonly insert: (ownerId: bigint, text: string) => Promise<string>;
}

const repositoriesOn = (run: RunStatement): Repositories => ({
  answers: createAnswerRepository(run),
  async insert(ownerId, text) {
    const sql = 'INSERT INTO notes (owner_id, text) VALUES ($1, $2) RETURNING id::text';
    const [row] = await run<{ id: string }>({ name: 'insert-note', text: sql, values: [ownerId, text] });
    return row?.id ?? '';
  },
});

export interface SentNote {
  readonly key?: string | undefined;
  readonly as?: bigint | null;
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface NotesService {
  readonly app: ServiceApp;
  readonly answers: AnswerRepository;
  /** What a note's writing waits for, and is then refused with. */
  before: () => Promise<void>;
  /** How often the costly part was done. */
  prepared: number;
  send(note?: SentNote): Promise<LightMyRequestResponse>;
  sql<Row extends QueryResultRow>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** A small service with keys: notes of signed-in callers, and one write that needs no account. */
export async function openNotesService(rules: KeyRules = { lifetimeHours: 24 }): Promise<NotesService> {
  const database = await createTestDatabase();
  const log = createLogger('notes-service', 'silent');
  const pool = createPool({ connectionString: database.appUrl, max: 20, applicationName: 'notes-service', log });
  const store = {
    ...repositoriesOn(onPool(pool)),
    transaction: <T>(work: (repositories: Repositories) => Promise<T>) =>
      heldTransaction(pool, (run) => work(repositoriesOn(run))),
  };
  const writes = createKeyedWrites(store);
  const app = await createServiceApp({
    serviceName: 'notes-service',
    description: 'for tests',
    log,
    isReady: async () => true,
    toProblem: toDatabaseProblem,
  });

  const service: NotesService = {
    app,
    answers: store.answers,
    before: async () => undefined,
    prepared: 0,
    send: ({ key, as = 7n, method = 'POST', url = '/notes', body = { text: 'x' }, headers = {} } = {}) =>
      app.inject({
        method,
        url,
        headers: {
          'content-type': 'application/json',
          ...(key !== undefined && { 'idempotency-key': key }),
          ...(as !== null && { account: as.toString() }),
          ...headers,
        },
        payload: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    sql: async <Row extends QueryResultRow>(text: string) => (await pool.query<Row>(text)).rows,
    async close() {
      await app.close();
      await pool.end();
      await database.drop();
    },
  };

  const noteBody = Type.Object({ text: Type.String({ maxLength: 1_000 }) });
  const write = async (ownerId: bigint, text: string, { insert }: Repositories): Promise<Outcome> => {
    const id = await insert(ownerId, text);
    await service.before();
    return { status: 201, headers: { location: `/notes/${id}`, etag: '"1"' }, body: `{"id":${id}}` };
  };
  const signedIn = bearerScope('signed in', async (request) => {
    const account = request.headers['account'];
    if (account === undefined) throw new NotAuthenticated();
    request.caller = { userId: BigInt(String(account)), sessionId: 1n, token: '', expiresAt: 0 };
  });

  await app.register(idempotencyKeys, rules);
  await addScope(app, signedIn, async (scope) => {
    for (const [method, url] of [
      ['POST', '/notes'],
      ['PUT', '/notes'],
      ['PATCH', '/notes/:id'],
    ] as const) {
      const operation = { operationId: `${method} ${url}`, body: noteBody, takesKey: true };
      scope.route({
        method,
        url,
        schema: operation,
        handler: async ({ body, caller, keyedWrite }, reply) => {
          return sendAnswer(reply, await writes.once(keyedWrite, (r) => write(caller?.userId ?? 0n, body.text, r)));
        },
      });
    }
    scope.delete('/notes', { schema: { operationId: 'deleteNotes', takesKey: true } }, async ({ keyedWrite }, reply) =>
      sendAnswer(
        reply,
        await writes.once(keyedWrite, async (r) => {
          await write(7n, 'deleted', r);
          return { status: 204, headers: {}, body: null };
        }),
      ),
    );
    const needing = { operationId: 'needing', body: noteBody, takesKey: true, needsKey: true };
    scope.post('/needing', { schema: needing }, async ({ body, keyedWrite }, reply) =>
      sendAnswer(reply, await writes.once(keyedWrite, (r) => write(7n, body.text, r))),
    );
    scope.post('/secrets', { schema: { operationId: 'secret', takesKey: false } }, async () => ({ token: 'secret' }));
    const careless = { operationId: 'careless', takesKey: true };
    scope.post('/careless', { schema: careless }, async () => ({ done: true }));
  });
  await addScope(app, publicScope, async (scope) => {
    const opening = { operationId: 'open', body: noteBody, takesKey: true };
    scope.post('/open', { schema: opening }, async ({ body, keyedWrite }, reply) => {
      const answer = await writes.onceAfter(
        keyedWrite,
        async () => {
          service.prepared += 1;
          await service.before();
        },
        async (r) => ({ ...(await write(0n, body.text, r)), accountId: 99n }),
      );
      return sendAnswer(reply, answer);
    });
  });
  return service;
}
