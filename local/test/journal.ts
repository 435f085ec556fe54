/** A person at the gateway: what a test needs in order to see that writes survive. */
export interface Journal {
  /** Writes a task; resolves to its id once that is acknowledged. */
  write(title: string): Promise<number>;
  /** The ids that a list shows. */
  readIds(): Promise<number[]>;
  readonly username: string;
  readonly token: string;
}

interface JournalOptions {
  readonly url: () => string;
  readonly username: string;
  readonly password: string;
}

async function call(url: string, path: string, body?: unknown, token?: string): Promise<Response> {
  return fetch(`${url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
}

/** The member of a JSON answer, which must have the status. */
async function member(answer: Response, status: number, name: string): Promise<unknown> {
  const body: unknown = await answer.json();
  if (answer.status !== status) throw new Error(`${answer.status}: ${JSON.stringify(body)}`);
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}

export async function register(url: string, username: string, password: string): Promise<void> {
  await member(await call(url, '/auth/register', { email: `${username}@example.com`, username, password }), 201, 'id');
}

/** The status of a sign-in. */
export async function loginStatus(url: string, username: string, password: string): Promise<number> {
  const answer = await call(url, '/auth/login', { username, password });
  await answer.arrayBuffer();
  return answer.status;
}

export async function openJournal({ url, username, password }: JournalOptions): Promise<Journal> {
  const token = String(await member(await call(url(), '/auth/login', { username, password }), 200, 'access_token'));
  return {
    username,
    token,
    async write(title) {
      return Number(await member(await call(url(), '/tasks', { title }, token), 201, 'id'));
    },
    async readIds() {
      const tasks = await member(await call(url(), '/tasks?limit=1000', undefined, token), 200, 'tasks');
      return Array.isArray(tasks) ? tasks.map((task: { id: number }) => task.id) : [];
    },
  };
}
