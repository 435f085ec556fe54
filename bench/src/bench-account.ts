import { randomBytes } from 'node:crypto';
import { giveUp } from '@tasktracker/command-line';

export interface BenchAccount {
  readonly id: number;
  readonly token: string;
  readonly credentials: { readonly username: string; readonly password: string };
  /** Calls the API as this account; throws on an answer that is not 2xx. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Deletes the account; its tasks stay (docs/adr/0009). */
  remove(): Promise<void>;
}

/**
 * Registers a throw-away account through the gateway and logs it in. Ends the process, saying what to do, where the
 * requests of one account are limited: a benchmark would measure refusals.
 */
export async function createBenchAccount(url: string): Promise<BenchAccount> {
  const username = `bench-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const callAs = async (token: string | undefined, path: string, init: RequestInit): Promise<Response> => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    const answer = await fetch(`${url}/api/v1${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const post = async (path: string, body: object): Promise<string> =>
    (await callAs(undefined, path, { method: 'POST', body: JSON.stringify(body) })).text();
  const names = { username, email: `${username}@example.com` };
  const account: { id: number } = JSON.parse(await post('/auth/register', { ...names, password }));
  const login: { access_token: string } = JSON.parse(await post('/auth/login', { username, password }));
  const token = login.access_token;
  const call = (path: string, init: RequestInit = {}): Promise<Response> => callAs(token, path, init);
  const [list, update] = [await call('/tasks?limit=1'), await call('/auth/me', { method: 'PATCH', body: '{}' })];
  if ([list, update].some(({ headers }) => headers.has('ratelimit-policy'))) {
    giveUp('The requests of an account are limited: start the system with RATE_LIMIT_{READS,WRITES}_PER_MINUTE=0.');
  }
  const remove = async (): Promise<void> => {
    await call('/auth/me', { method: 'DELETE', body: JSON.stringify({ current_password: password }) });
  };
  return { id: account.id, token, credentials: { username, password }, call, remove };
}
