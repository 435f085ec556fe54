import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../clients/account.ts';
import type { Asked, Sender } from '../clients/sender.ts';
import type { Exchange, TaskBody } from './exchange.ts';

/** What the system says of an account when nobody writes any more. */
export interface FinalState {
  readonly account: string;
  readonly tasks: readonly TaskBody[];
  readonly total: number;
  readonly stats: Readonly<Record<string, number>>;
  readonly statistics: Readonly<Record<string, number>>;
  /** When the first of it was asked for. */
  readonly askedAt: number;
}

const tries = 40;
const pauseMs = 250;

/** Reads it whole, by cursor. Throws if the system gives no answer for 10 s. */
export async function readFinalState(sender: Sender, { name, token }: Account): Promise<FinalState> {
  const get = (path: string, operation: Exchange['operation']): Promise<Exchange> =>
    insist(sender, { client: 'final', account: name, method: 'GET', operation, path }, token);
  const askedAt = performance.now();
  const tasks: TaskBody[] = [];
  let total = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { tasks: TaskBody[]; total: number; next_cursor: string | null } = JSON.parse(
      (await get(`/api/v1/tasks?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, 'list'))
        .body,
    );
    tasks.push(...page.tasks);
    total = page.total;
    cursor = page.next_cursor;
  }
  const stats: Record<string, number> = JSON.parse((await get('/api/v1/tasks/stats', 'stats')).body);
  const statistics: Record<string, number> = JSON.parse((await get('/api/v1/stats', 'statistics')).body);
  return { account: name, tasks, total, stats, statistics, askedAt };
}

/** Asks until there is an answer of success. */
async function insist(sender: Sender, asked: Asked, token: string): Promise<Exchange> {
  for (let attempt = 1; ; attempt += 1) {
    const exchange = await sender.ask(asked, token);
    if (exchange.status === 200) return exchange;
    if (attempt === tries) throw new Error(`${asked.path} still answers ${exchange.status}: ${exchange.body}`);
    await delay(pauseMs);
  }
}
