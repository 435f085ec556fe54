import { currentOf, outcomeOf, taskOf, type Exchange, type TaskBody } from '../history/exchange.ts';
import type { Account } from './account.ts';
import { ask, precondition, write, type Acting } from './acting.ts';
import { tagOf } from './tags.ts';

const tasksPath = '/api/v1/tasks';
const hotAtOnce = 3;
const contestTries = 5;
const statuses = ['todo', 'in_progress', 'done'];
const priorities = ['low', 'medium', 'high'];

export async function createTask(acting: Acting): Promise<Exchange> {
  const { hot } = acting.account;
  const exchange = await makeTask(acting);
  const task = taskOf(exchange);
  if (task !== undefined && hot.length < hotAtOnce) hot.push(task.id);
  return exchange;
}

async function makeTask(acting: Acting): Promise<Exchange> {
  const { account, random, draw } = acting;
  const number = draw();
  const tag = tagOf(number);
  const fields = { status: random.pick(statuses), priority: random.pick(priorities), due_date: tag };
  const sent = JSON.stringify({ title: `made ${number}`, ...fields });
  const exchange = await write(acting, { operation: 'create', method: 'POST', path: tasksPath, tag, sent });
  const task = taskOf(exchange);
  if (task !== undefined) account.tasks.add(task.id);
  return exchange;
}

/** A task of its own, which some edit at once, all of them under its first version. */
export async function contestTask(acting: Acting): Promise<void> {
  const task = taskOf(await makeTask(acting));
  if (task === undefined) return;
  const editors = 2 + acting.random.below(3);
  const fields = Array.from({ length: editors }, (_, index) => (index % 2 === 0 ? 'title' : 'description'));
  await Promise.all(fields.map((field) => editNewest(acting, task, field)));
}

/** Who is refused for a newer version tries again under that. */
async function editNewest(acting: Acting, known: TaskBody, field: 'title' | 'description'): Promise<void> {
  const { id } = known;
  const asked = { operation: 'edit', method: 'PATCH', path: `${tasksPath}/${id}`, taskId: id } as const;
  let newest: TaskBody | undefined = known;
  for (let tries = 0; newest !== undefined && tries < contestTries; tries += 1) {
    const sent = JSON.stringify({ [field]: `edit ${acting.draw()}` });
    newest = currentOf(await ask(acting, { ...asked, sent, ifMatch: `"${newest.version}"` }));
  }
}

/** Half of the edits have values of their own, which `edits` and `versions` are about. */
export async function editTask(acting: Acting): Promise<Exchange> {
  const { account, random, habits, draw } = acting;
  const id = hotTask(acting);
  if (id === undefined) return createTask(acting);
  const value = `edit ${draw()}`;
  const own = [{ title: value }, { description: value }];
  const shared = [{ status: random.pick(statuses) }, { priority: random.pick(priorities) }];
  const sent = JSON.stringify(random.pick([...own, ...own, ...shared]));
  const path = `${tasksPath}/${id}`;
  const asked = { operation: 'edit', method: 'PATCH', path, taskId: id, sent } as const;
  const exchange = await write(acting, { ...asked, ...precondition(acting, id) });
  if (exchange.status === 404) forget(account, id);
  if (random.below(habits.editsOfEach) === 0) retire(account, id);
  return exchange;
}

export async function completeTask(acting: Acting): Promise<Exchange> {
  const id = hotTask(acting);
  if (id === undefined) return createTask(acting);
  const path = `${tasksPath}/${id}/${acting.random.pick(['complete', 'incomplete'])}`;
  return write(acting, { operation: 'edit', method: 'PATCH', path, taskId: id, ...precondition(acting, id) });
}

export async function deleteTask(acting: Acting): Promise<Exchange> {
  const { account, random } = acting;
  const id = someTask(acting);
  if (id === undefined) return createTask(acting);
  // No other client deletes it, too: which of two deletions did it could not be told.
  forget(account, id);
  const path = `${tasksPath}/${id}`;
  const exchange = await write(acting, { operation: 'delete', method: 'DELETE', path, taskId: id });
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
