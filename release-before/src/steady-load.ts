import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';

interface Person {
  readonly username: string;
  readonly password: string;
  token: string;
  refresh: string;
  readonly tasks: number[];
}

/** What a stretch of load was answered. */
interface LoadResult {
  readonly requests: number;
  /** By status, or by the error's code where no answer came; only what a caller has to see as a failure. */
  readonly failures: Readonly<Record<string, number>>;
  readonly p99: number;
  readonly longest: number;
}

export interface SteadyLoad {
  /** Tokens may have expired; and after a million rows the services may need a moment. Gives up after a minute. */
  signInAgain(): Promise<void>;
  /** As many requests a second as a few callers without a pause get answered, for so long. */
  measurePeak(milliseconds: number): Promise<number>;
  /** Sends at a constant rate, whether answers come or not, until it is told to stop. */
  start(perSecond: number): { stop(): Promise<LoadResult> };
  close(): Promise<void>;
}

const people = 24;
const callers = 12;

/** Requests of a few accounts that use everything that the databases hold: reads, writes, profiles, refreshes, sign-ins. */
export async function createSteadyLoad(url: string): Promise<SteadyLoad> {
  const agent = new Agent({ connections: 256 });
  const api = new ApiCalls(`${url}/api/v1`, agent);
  const everybody: Person[] = [];
  for (let n = 0; n < people; n += 1) everybody.push(await api.register());
  let turn = 0;

  /** In a fixed order: of 40 requests a half reads tasks, one is a sign-in. */
  function next(): Promise<number> {
    turn += 1;
    const person = everybody[turn % people];
    if (!person) throw new Error('nobody is there');
    const place = turn % 40;
    if (place < 20) return api.call(person, 'GET', '/tasks?limit=20');
    if (place < 26) return api.create(person);
    if (place < 32) return api.edit(person);
    if (place < 37) return api.call(person, 'GET', '/auth/me');
    if (place < 39) return api.call(person, 'PATCH', '/auth/me', { full_name: `Person ${turn}` });
    return turn % 80 < 40 ? api.signIn(person) : api.renew(person);
  }

  return {
    async signInAgain() {
      for (const person of everybody) {
        for (let tries = 1, status = 0; (status = await api.signIn(person)) !== 200; tries += 1) {
          if (tries === 60) throw new Error(`Nobody can sign in: ${status}.`);
          await delay(1_000);
        }
      }
    },
    async measurePeak(milliseconds) {
      const until = performance.now() + milliseconds;
      let done = 0;
      await Promise.all(
        Array.from({ length: callers }, async () => {
          for (; performance.now() < until; done += 1) await next();
        }),
      );
      return done / (milliseconds / 1_000);
    },
    start: (perSecond) => sendSteadily(next, perSecond),
    close: () => agent.close(),
  };
}

function sendSteadily(next: () => Promise<number>, perSecond: number): { stop(): Promise<LoadResult> } {
  const failures: Record<string, number> = {};
  const durations: number[] = [];
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function send(intendedAt: number): Promise<void> {
    try {
      const status = await next();
      if (status >= 400) failures[status] = (failures[status] ?? 0) + 1;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      failures[code] = (failures[code] ?? 0) + 1;
    }
    durations.push(performance.now() - intendedAt);
  }

  async function arrive(): Promise<void> {
    let intendedAt = performance.now();
    while (!stopping.signal.aborted) {
      for (; intendedAt <= performance.now(); intendedAt += 1_000 / perSecond) {
        const sent = send(intendedAt).finally(() => running.delete(sent));
        running.add(sent);
      }
      await delay(2);
    }
  }

  const arriving = arrive();
  return {
    async stop() {
      stopping.abort();
      await arriving;
      await Promise.all(running);
      durations.sort((one, other) => one - other);
      const at = (share: number): number => durations[Math.floor(share * (durations.length - 1))] ?? 0;
      return { requests: durations.length, failures, p99: at(0.99), longest: at(1) };
    },
  };
}

class ApiCalls {
  readonly #base: string;
  readonly #dispatcher: Dispatcher;

  constructor(base: string, dispatcher: Dispatcher) {
    this.#base = base;
    this.#dispatcher = dispatcher;
  }

  async register(): Promise<Person> {
    const username = `load-${randomBytes(6).toString('hex')}`;
    const person: Person = { username, password: randomBytes(9).toString('hex'), token: '', refresh: '', tasks: [] };
    const account = { username, email: `${username}@example.com`, password: person.password };
    await this.#send(undefined, 'POST', '/auth/register', account);
    const status = await this.signIn(person);
    if (status !== 200) throw new Error(`A new account can't sign in: ${status}.`);
    for (let n = 0; n < 20; n += 1) await this.create(person);
    return person;
  }

  async call(person: Person, method: Dispatcher.HttpMethod, path: string, body?: object): Promise<number> {
    return (await this.#send(person, method, path, body)).status;
  }

  async create(person: Person): Promise<number> {
    const { status, text } = await this.#send(person, 'POST', '/tasks', { title: 'Made under load' });
    if (status === 201) person.tasks.push(idOf(text));
    return status;
  }

  edit(person: Person): Promise<number> {
    const id = person.tasks[Math.floor(Math.random() * person.tasks.length)];
    return this.call(person, 'PATCH', `/tasks/${id}`, { description: randomBytes(20).toString('hex') });
  }

  async signIn(person: Person): Promise<number> {
    const { username, password } = person;
    const { status, text } = await this.#send(undefined, 'POST', '/auth/login', { username, password });
    if (status === 200) keepTokens(person, text);
    return status;
  }

  async renew(person: Person): Promise<number> {
    const sent = { refresh_token: person.refresh };
    const { status, text } = await this.#send(undefined, 'POST', '/auth/refresh', sent);
    if (status === 200) keepTokens(person, text);
    return status;
  }

  async #send(
    person: Person | undefined,
    method: Dispatcher.HttpMethod,
    path: string,
    body?: object,
  ): Promise<{ status: number; text: string }> {
    const { statusCode, body: answer } = await request(this.#base + path, {
      method,
      dispatcher: this.#dispatcher,
      headers: {
        'content-type': 'application/json',
        ...(person && { authorization: `Bearer ${person.token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: statusCode, text: await answer.text() };
  }
}

function keepTokens(person: Person, text: string): void {
  const tokens: { access_token: string; refresh_token: string } = JSON.parse(text);
  Object.assign(person, { token: tokens.access_token, refresh: tokens.refresh_token });
}

function idOf(text: string): number {
  const task: { id: number } = JSON.parse(text);
  return task.id;
}
