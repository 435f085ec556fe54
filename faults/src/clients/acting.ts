import { taskOf, type Exchange } from '../history/exchange.ts';
import type { SeededRandom } from '@tasktracker/seeded-random';
import type { Account } from './account.ts';
import type { Habits } from './habits.ts';
import { sendKeyed } from './send-keyed.ts';
import type { Sender } from './sender.ts';

/** What one client works with. */
export interface Acting {
  readonly client: string;
  readonly account: Account;
  readonly sender: Sender;
  readonly random: SeededRandom;
  readonly habits: Habits;
  /** A number that no other client of the round draws. */
  readonly draw: () => number;
}

type AskedOfTasks = Pick<Exchange, 'operation' | 'method' | 'path' | 'taskId' | 'tag' | 'sent' | 'ifMatch'>;

/** Asks once. */
export async function ask({ client, account, sender }: Acting, asked: AskedOfTasks): Promise<Exchange> {
  return noteVersion(account, await sender.ask({ client, account: account.name, ...asked }, account.token));
}

/** Asks under a key or without, as the client's habits are. */
export async function write(acting: Acting, asked: AskedOfTasks): Promise<Exchange> {
  const { client, account, sender, random, habits } = acting;
  if (!random.chance(habits.keyed)) return ask(acting, asked);
  const [least, most] = habits.copies;
  const draw = (): number => random.below(most - least + 1);
  const copies = least + Math.min(draw(), draw(), draw());
  const whole = { client, account: account.name, ...asked };
  return noteVersion(account, await sendKeyed(sender, whole, account.token, copies));
}

/** The newest version that somebody of this account has seen; it may be stale by now. */
export function precondition({ account, random, habits }: Acting, id: number): { ifMatch?: string } {
  const version = account.versions.get(id);
  return version === undefined || !random.chance(habits.ifMatch) ? {} : { ifMatch: `"${version}"` };
}

function noteVersion({ versions }: Account, exchange: Exchange): Exchange {
  const task = exchange.operation === 'list' ? undefined : taskOf(exchange);
  if (task?.version !== undefined) versions.set(task.id, Math.max(task.version, versions.get(task.id) ?? 0));
  return exchange;
}
