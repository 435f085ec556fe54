import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@tasktracker/embedded-postgres/testing';
import { createPool } from '@tasktracker/postgres';
import { createLogger, type ServiceApp } from '@tasktracker/service-kit';
import type { Pool } from 'pg';
import { Type, Value } from '@tasktracker/schema';
import { buildApp } from '../src/app.ts';
import type { Clock } from '../src/clock.ts';
import { parseUserConfig, type Environment } from '../src/config.ts';
import { openDeps, type Deps } from '../src/deps.ts';
import type { IntrospectionClient } from '../src/inspection/client-scope.ts';
import { createPasswordHasher, type PasswordHasher } from '../src/passwords/password-hasher.ts';
import { giveSigningKey } from './given-signing-key.ts';

const prefix = '/api/v1/auth';

export interface Call {
  readonly token?: string | undefined;
  readonly body?: object | string;
  readonly form?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body, to be narrowed by the expectation that reads it. */
  readonly body: Record<string, unknown>;
}

export interface TestAccount {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

interface TestServiceOptions {
  readonly env?: Environment;
  readonly clock?: Clock;
  readonly masterKey?: Buffer;
  readonly introspectionClient?: IntrospectionClient;
  /** With the secrets of our services. */
  readonly serviceClientsDir?: string;
  /** One of {@link cheapHashing} unless the test is about the work of a hash. */
  readonly hasher?: PasswordHasher;
  /** Another replica on the same database. On one of its own the service finds a signing key that was made before. */
  readonly database?: TestDatabase;
  readonly onLogLine?: (line: string) => void;
}

/** The least that argon2 takes: a hundredth of the work of a real hash, which most tests only wait for. */
export const cheapHashing = { memoryCost: 8, timeCost: 1, parallelism: 1 };

/** A machine that is busy with other tests must not make the queue refuse a handful of people. */
const patient = { concurrency: 1, maxWaiting: 64, maxWaitMs: 60_000 };

/** The real application on a database of its own, called without a socket. */
export class TestService {
  readonly app: ServiceApp;
  readonly deps: Deps;
  readonly database: TestDatabase;
  /** As the application's own role. */
  readonly pool: Pool;

  private readonly ownsDatabase: boolean;
  private accounts = 0;

  private constructor(app: ServiceApp, deps: Deps, database: TestDatabase, ownsDatabase: boolean) {
    this.app = app;
    this.deps = deps;
    this.database = database;
    this.ownsDatabase = ownsDatabase;
    // The product's pool: a bare one would end the run when the database is dropped a moment before its connections.
    const log = { warn: () => undefined };
    this.pool = createPool({ connectionString: database.appUrl, max: 2, applicationName: 'test', log });
  }

  static async start(options: TestServiceOptions = {}): Promise<TestService> {
    const database = options.database ?? (await createTestDatabase());
    const config = parseUserConfig({
      PORT: '0',
      LOG_LEVEL: options.onLogLine ? 'debug' : 'silent',
      DATABASE_URL: database.appUrl,
      REQUEST_TIMEOUT_MS: '60000', // a busy machine must not turn a good answer into 504
      ...options.env,
    });
    const { masterKey = randomBytes(32), introspectionClient, serviceClientsDir } = options;
    const { onLogLine } = options;
    const log = createLogger('user-service', config.logLevel, onLogLine && { write: onLogLine });
    const deps = await openDeps(config, log, {
      secrets: { masterKey, introspectionClient, serviceClientsDir },
      hasher: options.hasher ?? (await createPasswordHasher({ cost: cheapHashing, limits: patient })),
      ...(options.clock && { clock: options.clock }),
    });
    const app = await buildApp(config, deps, log);
    if (options.database === undefined) await giveSigningKey(deps, masterKey);
    await deps.keys.refresh();
    return new TestService(app, deps, database, options.database === undefined);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.deps.close();
    await this.pool.end();
    if (this.ownsDatabase) await this.database.drop();
  }

  /** `path` is below the service's prefix unless it says otherwise with `//`. */
  async call(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, call: Call = {}): Promise<Answer> {
    const { token, body, form } = call;
    const answer = await this.app.inject({
      method,
      url: path.startsWith('//') ? path.slice(1) : `${prefix}${path}`,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...call.headers,
      },
      ...(form && { payload: new URLSearchParams(form).toString() }),
      ...(body !== undefined && { payload: body }),
    });
    const isJson = (answer.headers['content-type'] ?? '').includes('json') && answer.payload !== '';
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.payload,
      body: isJson ? answer.json<Record<string, unknown>>() : {},
    };
  }

  async register(overrides: Partial<TestAccount> = {}): Promise<TestAccount> {
    this.accounts += 1;
    const username = overrides.username ?? `person${this.accounts}`;
    const account = {
      username,
      email: overrides.email ?? `${username}@example.com`,
      password: overrides.password ?? 'correct horse battery',
    };
    const { status, body, text } = await this.call('POST', '/register', { body: account });
    if (status !== 201 || typeof body['id'] !== 'number') throw new Error(`registration failed: ${text}`);
    return { ...account, id: body['id'] };
  }

  async login(account: TestAccount, headers: Record<string, string> = {}): Promise<Tokens> {
    const { username, password } = account;
    return tokensOf(await this.call('POST', '/login', { body: { username, password }, headers }));
  }

  async refresh(refreshToken: string): Promise<Answer> {
    return this.call('POST', '/refresh', { body: { refresh_token: refreshToken } });
  }

  /** Somebody who is signed in. */
  async person(): Promise<{ account: TestAccount; tokens: Tokens }> {
    const account = await this.register();
    return { account, tokens: await this.login(account) };
  }
}

export function tokensOf({ status, body, text }: Answer): Tokens {
  const { access_token: access, refresh_token: refresh } = body;
  if (status !== 200 || typeof access !== 'string' || typeof refresh !== 'string') {
    throw new Error(`no tokens: ${status} ${text}`);
  }
  return { access, refresh };
}

export function claimsOf(accessToken: string): Record<string, unknown> {
  return decodePart(accessToken, 1);
}

export function headerOf(accessToken: string): Record<string, unknown> {
  return decodePart(accessToken, 0);
}

function decodePart(token: string, part: number): Record<string, unknown> {
  const text = Buffer.from(token.split('.')[part] ?? '', 'base64url').toString('utf8');
  return Value.Parse(Type.Record(Type.String(), Type.Unknown()), JSON.parse(text));
}

/** A clock that stands still until it is moved. */
export class TestClock {
  private time: number;

  constructor(start = Date.now()) {
    this.time = start;
  }

  readonly now: Clock = () => new Date(this.time);

  advance(ms: number): void {
    this.time += ms;
  }
}

export const problems = {
  notAuthenticated: {
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
    body: { code: 'NOT_AUTHENTICATED', detail: 'Not authenticated' },
  },
  invalidToken: {
    status: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    body: { code: 'INVALID_TOKEN', detail: 'Could not validate credentials' },
  },
  incorrectCredentials: {
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
    body: { code: 'INCORRECT_CREDENTIALS', detail: 'Incorrect username or password' },
  },
  incorrectPassword: { status: 400, body: { code: 'INCORRECT_PASSWORD', detail: 'Incorrect password' } },
  accountTaken: {
    status: 400,
    body: { code: 'ACCOUNT_TAKEN', detail: 'Username or email already registered' },
  },
  inactiveUser: { status: 400, body: { code: 'INACTIVE_USER', detail: 'Inactive user' } },
  sessionNotFound: { status: 404, body: { code: 'SESSION_NOT_FOUND', detail: 'Session not found' } },
};

export function invalid(pointer: string): object {
  return { status: 422, body: { code: 'VALIDATION_FAILED', errors: [{ in: 'body', pointer }] } };
}
