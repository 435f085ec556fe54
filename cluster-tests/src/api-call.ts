import { randomBytes } from 'node:crypto';
import { request } from 'node:http';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface ApiCall {
  readonly token?: string;
  /** `name:password`, instead of a token. */
  readonly basic?: string;
  readonly json?: unknown;
  /** Instead of `json`. */
  readonly form?: Readonly<Record<string, string>>;
}

/** One request on a connection of its own, so that no answer depends on a connection to an earlier pod. */
export function callApi(url: string, method: string, path: string, call: ApiCall = {}): Promise<ApiAnswer> {
  const { token, basic } = call;
  const { type, body } = toBody(call);
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, headers, agent: false, timeout: 20_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`${method} ${path} got no answer within 20 s`)));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function toBody({ json, form }: ApiCall): { readonly type: string; readonly body: string | undefined } {
  if (form) return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() };
  return { type: 'application/json', body: json === undefined ? undefined : JSON.stringify(json) };
}

export interface Account {
  readonly username: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** Registers somebody new and signs in. */
export async function createAccount(url: string): Promise<Account> {
  const username = `cluster-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const json = { username, password, email: `${username}@example.com` };
  const registered = await callApi(url, 'POST', '/api/v1/auth/register', { json });
  if (registered.status !== 201) throw new Error(`registration answered ${registered.status}: ${registered.text}`);
  return { username, password, ...(await signIn(url, { username, password })) };
}

export async function signIn(
  url: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<{ token: string; refreshToken: string }> {
  const json = { username, password };
  const answer = await callApi(url, 'POST', '/api/v1/auth/login', { json });
  if (answer.status !== 200) throw new Error(`the login answered ${answer.status}: ${answer.text}`);
  const tokens: { access_token: string; refresh_token: string } = JSON.parse(answer.text);
  return { token: tokens.access_token, refreshToken: tokens.refresh_token };
}

export interface ListedTask {
  readonly id: number;
  readonly title: string;
  readonly status: 'todo' | 'in_progress' | 'done';
  readonly priority: 'low' | 'medium' | 'high';
}

/** All of an account's tasks, page by page, and how many the last page says there are. */
export async function allTasks(url: string, token: string): Promise<{ tasks: ListedTask[]; total: number }> {
  const tasks: ListedTask[] = [];
  let total = 0;
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await callApi(url, 'GET', `/api/v1/tasks/?limit=1000${from}`, { token });
    if (answer.status !== 200) throw new Error(`the list answered ${answer.status}: ${answer.text}`);
    const page: { tasks: ListedTask[]; total: number; next_cursor: string | null } = JSON.parse(answer.text);
    tasks.push(...page.tasks);
    ({ total } = page);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return { tasks, total };
}
