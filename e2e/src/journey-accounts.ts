import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type Answer, call, type CallOptions } from './http-call.ts';
import { gateway, seed, type Target } from './journey-target.ts';
import { integerOf } from './json-shape.ts';
import { readTaskPage } from './task-shape.ts';
import { readTokens, readUser, type Tokens } from './user-shape.ts';

/** An account of this run. A journey that changes what opens it writes the change here, too. */
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

/** A name no other run and no other user has. */
export function uniqueName(): string {
  return `journey-${seed}-${randomUUID().slice(0, 13)}`;
}

/** What a valid registration sends. */
export function registration(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const username = uniqueName();
  return { email: `${username}@example.com`, username, password: `correct horse ${username}`, ...changes };
}

/** Sends a registration. Whoever it signs up is deleted when the file has run. */
export async function register(
  body: Record<string, unknown>,
  options: CallOptions = {},
  target = gateway,
): Promise<Answer> {
  const answer = await sendRegistration(body, options, target);
  if (answer.status === 201) signedUp.add({ username: String(body['username']), password: String(body['password']) });
  return answer;
}

function sendRegistration(body: Record<string, unknown>, options: CallOptions, target: Target): Promise<Answer> {
  return whenNotBusy(() => call(target, 'POST', '/api/v1/auth/register', { json: body, ...options }));
}

/** A new account, signed in. */
export async function newAccount(): Promise<Account> {
  const body = registration();
  const answer = await sendRegistration(body, {}, gateway);
  expect(answer.status, answer.text).toBe(201);
  const { id, username, email } = readUser(answer);
  const password = String(body['password']);
  const account = { id, username, email, password, token: '', refreshToken: '' };
  signedUp.add(account);
  const tokens = await signIn(account);
  account.token = tokens.accessToken;
  account.refreshToken = tokens.refreshToken;
  return account;
}

/** Signs in once more: another session of the same account. */
export async function signIn(credentials: Credentials, userAgent = 'journeys'): Promise<Tokens> {
  const { username, password } = credentials;
  const options = { json: { username, password }, headers: { 'user-agent': userAgent } };
  return readTokens(await whenNotBusy(() => call(gateway, 'POST', '/api/v1/auth/login', options)));
}

/** For an account that was signed up by other means than `register`. */
export function deleteAfterwards(credentials: Credentials): void {
  signedUp.add(credentials);
}

/** The account deleted itself; nothing is left to clean up. */
export function forget(account: Account): void {
  signedUp.delete(account);
}

/** Deletes every account of this file with its tasks. */
export async function deleteAccounts(): Promise<void> {
  for (const account of signedUp) await deleteAccount(account);
  signedUp.clear();
}

async function deleteAccount(credentials: Credentials): Promise<void> {
  const { accessToken: token } = await signIn(credentials);
  for (;;) {
    const page = readTaskPage(await call(gateway, 'GET', '/api/v1/tasks/?limit=1000', { token }));
    if (page.tasks.length === 0) break;
    await Promise.all(page.tasks.map((task) => call(gateway, 'DELETE', `/api/v1/tasks/${task.id}`, { token })));
  }
  const json = { current_password: credentials.password };
  const answer = await whenNotBusy(() => call(gateway, 'DELETE', '/api/v1/auth/me', { token, json }));
  expect(answer.status, `deleting ${credentials.username}: ${answer.text}`).toBe(204);
}

/** Other users of the system may fill the queue for password hashes: asks again as `Retry-After` says. */
async function whenNotBusy(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.status !== 503 || tries === 5) return answer;
    const seconds = integerOf(Number(answer.headers['retry-after']), 'Retry-After');
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}
