import { randomBytes } from 'node:crypto';

export interface BenchAccount {
  readonly id: number;
  readonly token: string;
  /** Calls the API as this account; throws on an answer that is not 2xx. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Deletes the account; its tasks stay behind for the events work to remove. */
  remove(): Promise<void>;
}

/** Registers a throw-away account through the gateway and logs it in. */
export async function createBenchAccount(url: string): Promise<BenchAccount> {
  const username = `bench-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const json = { 'content-type': 'application/json' };
  const registered = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username, password, email: `${username}@example.com` }),
  });
  const account: { id: number } = JSON.parse(await registered.text());
  const login = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username, password }),
  });
  const { access_token: token }: { access_token: string } = JSON.parse(await login.text());
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...json, authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/v1${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const remove = async (): Promise<void> => {
    await call('/auth/me', { method: 'DELETE', body: JSON.stringify({ current_password: password }) });
  };
  return { id: account.id, token, call, remove };
}
