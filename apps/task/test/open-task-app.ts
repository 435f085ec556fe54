import type { TokenKeys } from '@tasktracker/auth';
import { createTokenIssuer } from '@tasktracker/auth/testing';
import { createTestDatabase } from '@tasktracker/embedded-postgres/testing';
import { InvalidToken } from '@tasktracker/errors';
import { createLogger, type ServiceApp } from '@tasktracker/service-kit';
import type { LightMyRequestResponse } from 'fastify';
import { Client, type QueryResultRow } from 'pg';
import type { Static } from '@tasktracker/schema';
import { buildApp } from '../src/app.ts';
import { parseTaskConfig } from '../src/config.ts';
import { openDeps } from '../src/deps.ts';
import type { Task } from '../src/tasks/task-schemas.ts';
import type { TaskStore } from '../src/tasks/task-store.ts';

/** As a client reads it: ids are numbers to JavaScript. */
export type TaskBody = Omit<Static<typeof Task>, 'id' | 'owner_id'> & { id: number; owner_id: number };

interface TaskListBody {
  tasks: TaskBody[];
  total: number;
  skip: number;
  limit: number;
  next_cursor: string | null;
}

export interface Call {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1/tasks`. */
  path?: string;
  query?: Record<string, string | number | string[]>;
  body?: unknown;
  headers?: Record<string, string>;
  /** Whose token is sent; null: none. */
  as?: bigint | null;
}

export interface TaskApp {
  readonly app: ServiceApp;
  readonly store: TaskStore;
  readonly databaseUrl: string;
  readonly migrateUrl: string;
  call(call?: Call): Promise<LightMyRequestResponse>;
  create(body?: Record<string, unknown>, as?: bigint): Promise<TaskBody>;
  list(query?: NonNullable<Call['query']>, as?: bigint): Promise<TaskListBody>;
  /** SQL as the service's own role, with its settings. */
  sql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** As the database's owner. */
  ownerSql<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export const issuer = createTokenIssuer();
export const owner = 7n;
export const stranger = 8n;

const keys: TokenKeys = {
  async publicKey(kid) {
    if (kid !== issuer.kid) throw new InvalidToken();
    return issuer.publicKeyPem;
  },
  isEnded: (sessionId) => sessionId === '666',
};

/** The app as in production, on a database of its own; only the keys don't come over the network. */
export async function openTaskApp(variables: Record<string, string> = {}): Promise<TaskApp> {
  const database = await createTestDatabase();
  const config = parseTaskConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    REQUEST_TIMEOUT_MS: '60000', // a busy machine must not turn a good answer into 504
    DATABASE_URL: database.appUrl,
    USER_SERVICE_URL: 'http://nowhere.invalid',
    ...variables,
  });
  const log = createLogger('task-service', config.logLevel);
  const deps = openDeps(config, log);
  const app = await buildApp(config, { ...deps, keys }, log);
  const tokens = new Map<bigint, string>();

  const call: TaskApp['call'] = ({ method = 'GET', path = '', query, body, headers = {}, as = owner } = {}) => {
    if (as !== null && !tokens.has(as)) tokens.set(as, issuer.token({ sub: as.toString() }));
    return app.inject({
      method,
      url: `/api/v1/tasks${path}`,
      ...(query && { query: toQuery(query) }),
      headers: {
        ...(as !== null && { authorization: `Bearer ${tokens.get(as) ?? ''}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  };

  return {
    app,
    store: deps.store,
    databaseUrl: database.appUrl,
    migrateUrl: database.migrateUrl,
    call,
    async create(body = {}, as = owner) {
      const answer = await call({ method: 'POST', body: { title: 'A task', ...body }, as });
      if (answer.statusCode !== 201) throw new Error(`create answered ${answer.statusCode}: ${answer.body}`);
      return answer.json<TaskBody>();
    },
    async list(query = {}, as = owner) {
      const answer = await call({ query, as });
      if (answer.statusCode !== 200) throw new Error(`list answered ${answer.statusCode}: ${answer.body}`);
      return answer.json<TaskListBody>();
    },
    sql: (text, values) => runSql(database.appUrl, text, values),
    ownerSql: (text, values) => runSql(database.migrateUrl, text, values),
    async close() {
      await app.close();
      await deps.close();
      await database.drop();
    },
  };
}

function toQuery(query: NonNullable<Call['query']>): Record<string, string | string[]> {
  const entries = Object.entries(query);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]));
}

async function runSql<Row extends QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(text, values);
    return rows;
  } finally {
    await client.end();
  }
}
