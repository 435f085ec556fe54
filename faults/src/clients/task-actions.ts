import { outcomeOf, taskOf, type Exchange } from '../history/exchange.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Account } from './account.ts';
import type { Sender } from './sender.ts';
import { tagOf } from './tags.ts';

/** What one client works with. */
export interface Acting {
  readonly client: string;
  readonly account: Account;
  readonly sender: Sender;
  readonly random: SeededRandom;
  /** A number that no other client of the round draws. */
  readonly draw: () => number;
}

const tasksPath = '/api/v1/tasks';
/** A hot task gets this many edits or so, then another takes its place. */
const editsOfHot = 24;
const hotAtOnce = 3;

export async function createTask(acting: Acting): Promise<Exchange> {
  const { account, random, draw } = acting;
  const number = draw();
  const tag = tagOf(number);
  const status = random.pick(['todo', 'in_progress', 'done']);
  const priority = random.pick(['low', 'medium', 'high']);
  const sent = JSON.stringify({ title: `made ${number}`, status, priority, due_date: tag });
  const exchange = await ask(acting, { operation: 'create', method: 'POST', path: tasksPath, tag, sent });
  const task = taskOf(exchange);
  if (task === undefined) return exchange;
  account.tasks.add(task.id);
  if (account.hot.length < hotAtOnce) account.hot.push(task.id);
  return exchange;
}

export async function editTask(acting: Acting): Promise<Exchange> {
  const { account, random, draw } = acting;
  const id = hotTask(acting);
  if (id === undefined) return createTask(acting);
  const number = draw();
  const changes = [
    { title: `edit ${number}` },
    { description: `edit ${number}` },
    { status: random.pick(['todo', 'in_progress', 'done']) },
    { priority: random.pick(['low', 'medium', 'high']) },
  ];
  const sent = JSON.stringify(random.pick([...changes, ...changes.slice(0, 2)]));
  const exchange = await ask(acting, {
    operation: 'edit',
    method: 'PATCH',
    path: `${tasksPath}/${id}`,
    taskId: id,
    sent,
  });
  if (exchange.status === 404) forget(account, id);
  if (random.below(editsOfHot) === 0) retire(account, id);
  return exchange;
}

export async function completeTask(acting: Acting): Promise<Exchange> {
  const { random } = acting;
  const id = hotTask(acting);
  if (id === undefined) return createTask(acting);
  const path = `${tasksPath}/${id}/${random.pick(['complete', 'incomplete'])}`;
  return ask(acting, { operation: 'edit', method: 'PATCH', path, taskId: id });
}

export async function deleteTask(acting: Acting): Promise<Exchange> {
  const { account, random } = acting;
  const id = someTask(acting);
  if (id === undefined) return createTask(acting);
  // No other client deletes it, too: which of two deletions did it could not be told.
  forget(account, id);
  const exchange = await ask(acting, { operation: 'delete', method: 'DELETE', path: `${tasksPath}/${id}`, taskId: id });
  if (outcomeOf(exchange) === 'unknown' || random.chance(0.2)) await readTask(acting, id);
  return exchange;
}

export async function readTask(acting: Acting, id = hotTask(acting)): Promise<Exchange> {
  if (id === undefined) return createTask(acting);
  return ask(acting, { operation: 'read', method: 'GET', path: `${tasksPath}/${id}`, taskId: id });
}

export function listTasks(acting: Acting): Promise<Exchange> {
  return ask(acting, { operation: 'list', method: 'GET', path: `${tasksPath}?limit=20` });
}

export function readStats(acting: Acting): Promise<Exchange> {
  return ask(acting, { operation: 'stats', method: 'GET', path: `${tasksPath}/stats` });
}

export function readStatistics(acting: Acting): Promise<Exchange> {
  return ask(acting, { operation: 'statistics', method: 'GET', path: '/api/v1/stats' });
}

type AskedOfTasks = Pick<Exchange, 'operation' | 'method' | 'path' | 'taskId' | 'tag' | 'sent'>;

function ask({ client, account, sender }: Acting, asked: AskedOfTasks): Promise<Exchange> {
  return sender.ask({ client, account: account.name, ...asked }, account.token);
}

function hotTask({ account, random }: Acting): number | undefined {
  return account.hot.length === 0 ? undefined : random.pick(account.hot);
}

function someTask({ account, random }: Acting): number | undefined {
  const ids = [...account.tasks];
  return ids.length === 0 ? undefined : random.pick(ids);
}

function forget(account: Account, id: number): void {
  account.tasks.delete(id);
  retire(account, id);
}

function retire(account: Account, id: number): void {
  const place = account.hot.indexOf(id);
  if (place >= 0) account.hot.splice(place, 1);
}
