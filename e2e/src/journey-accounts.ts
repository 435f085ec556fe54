import { randomUUID } from 'node:crypto';
import { type ApiClient, createApiClient, dataOf } from '@tasktracker/api-client';
import type { Answer } from './answer.ts';
import { call, type CallOptions } from './http-call.ts';
import { gateway, seed } from './journey-target.ts';
import type { Tokens } from './user-shape.ts';

/** An account of this run. A journey that changes its login writes the change here, too. */
export interface Account {
  id: number;
  username: string;
  email: string;
  password: string;
  token: string;
  refreshToken: string;
}

interface Credentials {
  username: string;
  password: string;
}

const signedUp = new Set<Credentials>();
const anonymous = createApiClient({ baseUrl: gateway.origin.origin });

/** A name no other run and no other user has. */
export function uniqueName(): string {
  return `journey-${seed}-${randomUUID().slice(0, 13)}`;
}

/** What a valid registration sends. */
export function registration(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const username = uniqueName();
  return { email: `${username}@example.com`, username, password: `correct horse ${username}`, ...changes };
}

/** Sends a registration. An account that it opens is deleted when the file has run, unless the stack ends then anyway. */
export async function register(
  body: Record<string, unknown>,
  options: CallOptions = {},
  target = gateway,
): Promise<Answer> {
  const answer = await whenNotBusy(
    () => call(target, 'POST', '/api/v1/auth/register', { json: body, ...options }),
    ({ status, headers }) => (status === 503 ? headers['retry-after'] : undefined),
  );
  const isNew = answer.status === 201 && answer.headers['idempotency-replayed'] === undefined;
  if (isNew) signedUp.add({ username: String(body['username']), password: String(body['password']) });
  return answer;
}

/** A new account, signed in. */
export async function newAccount(): Promise<Account> {
  const username = uniqueName();
  const password = `correct horse ${username}`;
  const body = { username, password, email: `${username}@example.com` };
  const { id, email } = await dataOf(anonymous.POST('/api/v1/auth/register', { body }));
  const account = { id, username, email, password, token: '', refreshToken: '' };
  signedUp.add(account);
  const tokens = await signIn(account);
  account.token = tokens.accessToken;
  account.refreshToken = tokens.refreshToken;
  return account;
}

/** Signs in once more: another session of the same account. */
export async function signIn({ username, password }: Credentials, userAgent = 'journeys'): Promise<Tokens> {
  const options = { body: { username, password }, headers: { 'user-agent': userAgent } };
  const pair = await dataOf(
    whenNotBusy(
      () => anonymous.POST('/api/v1/auth/login', options),
      ({ response }) => (response.status === 503 ? (response.headers.get('retry-after') ?? undefined) : undefined),
    ),
  );
  return { accessToken: pair.access_token, expiresIn: pair.expires_in, refreshToken: pair.refresh_token };
}

/** For an account that was signed up by other means than `register`. */
export function deleteAfterwards(credentials: Credentials): void {
  signedUp.add(credentials);
}

/** The account deleted itself; nothing is left to clean up. */
export function forget(account: Account): void {
  signedUp.delete(account);
}

/** For a stack that ends with the run: nothing is left to clean up. */
export function forgetAccounts(): void {
  signedUp.clear();
}

/** Deletes every account of this file with its tasks; one that can't be deleted doesn't stop the others. */
export async function deleteAccounts(): Promise<void> {
  const failures: unknown[] = [];
  for (const credentials of signedUp) await deleteAccount(credentials).catch((error: unknown) => failures.push(error));
  signedUp.clear();
  if (failures.length > 0) throw new AggregateError(failures, 'Some accounts of this file are still there.');
}

async function deleteAccount(credentials: Credentials & Partial<Account>): Promise<void> {
  const api = (await stillSignedIn(credentials.token)) ?? clientFor((await signIn(credentials)).accessToken);
  await deleteTasks(api);
  await dataOf(api.DELETE('/api/v1/auth/me', { body: { current_password: credentials.password } }));
}

/** Saves a sign-in, and with it a password hash, if the account's first session has not ended. */
async function stillSignedIn(token: string | undefined): Promise<ApiClient | undefined> {
  const api = clientFor(token ?? '');
  const { response } = await api.GET('/api/v1/auth/me');
  return response.ok ? api : undefined;
}

function clientFor(token: string): ApiClient {
  return createApiClient({ baseUrl: gateway.origin.origin, token });
}

async function deleteTasks(api: ApiClient): Promise<void> {
  for (;;) {
    const { tasks } = await dataOf(api.GET('/api/v1/tasks', { params: { query: { limit: 1000 } } }));
    if (tasks.length === 0) return;
    const operations = tasks.map(({ id }) => ({ op: 'delete' as const, id }));
    await dataOf(api.POST('/api/v1/tasks/batch', { body: { operations } }));
  }
}

/** Other users of the system may fill its queues: asks again, where the client doesn't, when `Retry-After` says so. */
async function whenNotBusy<T>(ask: () => Promise<T>, retryAfter: (outcome: T) => string | undefined): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await ask();
    const seconds = retryAfter(outcome);
    if (seconds === undefined || tries === 5) return outcome;
    await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
  }
}
