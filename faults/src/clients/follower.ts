import { setTimeout as delay } from 'node:timers/promises';
import type { TaskBody } from '../history/exchange.ts';
import type { Account } from './account.ts';
import type { Sender } from './sender.ts';

/** A client with a copy of its own of an account's tasks, which it keeps by `GET /tasks/changes` alone. */
export interface Follower {
  readonly account: string;
  /** By id. */
  readonly copy: ReadonlyMap<number, TaskBody>;
  /** Reads what is new until `signal` aborts. */
  follow(signal: AbortSignal): Promise<void>;
  /** Reads to the end. Throws if the system gives no answer. */
  catchUp(): Promise<void>;
}

interface Changes {
  readonly changes: readonly ({ id: number; deleted: false; task: TaskBody } | { id: number; deleted: true })[];
  readonly next_cursor: string;
  readonly has_more: boolean;
}

const pauseMs = 300;
const mostTries = 40;
/** Small, so that a copy takes many pages. */
const limit = 50;

/** Begins with an account that has no tasks yet. Throws if the system gives no answer. */
export async function openFollower(sender: Sender, { name, token }: Account): Promise<Follower> {
  const copy = new Map<number, TaskBody>();
  const first = await read(undefined);
  if (first === undefined) throw new Error(`${name} got no cursor`);
  let cursor = first.next_cursor;

  async function read(after: string | undefined): Promise<Changes | undefined> {
    const query = after === undefined ? '' : `?limit=${limit}&cursor=${encodeURIComponent(after)}`;
    const asked = { client: 'follower', account: name, operation: 'changes', method: 'GET' } as const;
    const answer = await sender.ask({ ...asked, path: `/api/v1/tasks/changes${query}` }, token);
    if (answer.status !== 200) return undefined;
    const page: Changes = JSON.parse(answer.body);
    return page;
  }

  /** Undefined without an answer, else whether there is more. */
  async function step(): Promise<boolean | undefined> {
    const page = await read(cursor);
    for (const change of page?.changes ?? []) {
      if (change.deleted) copy.delete(change.id);
      else copy.set(change.id, change.task);
    }
    cursor = page?.next_cursor ?? cursor;
    return page?.has_more;
  }

  return {
    account: name,
    copy,
    async follow(signal) {
      while (!signal.aborted) {
        if ((await step()) !== true) await delay(pauseMs, undefined, { signal }).catch(() => {});
      }
    },
    async catchUp() {
      for (let tries = 0; tries < mostTries;) {
        const hasMore = await step();
        if (hasMore === false) return;
        if (hasMore === undefined) {
          tries += 1;
          await delay(pauseMs);
        }
      }
      throw new Error(`${name} got no more changes`);
    },
  };
}
