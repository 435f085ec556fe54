import { type BenchAccount, createBenchAccount } from './bench-account.ts';
import { toRawRequest } from './load/load-plan.ts';

/** A request that is repeated. */
interface LoadScenario {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

const list = { name: 'list of 20', method: 'GET', path: '/api/v1/tasks?limit=20' } as const;
const create = {
  name: 'create',
  method: 'POST',
  path: '/api/v1/tasks',
  body: '{"title":"Upgrade the cluster","priority":"high"}',
} as const;

/** The two calls that people make most. */
export const loadScenarios = [list, create] as const;

/** All that can be repeated, by the name that a person types; for one of the account's tasks. */
const namedScenarios = {
  list: () => list,
  create: () => create,
  get: (_account, taskId) => ({ name: 'get', method: 'GET', path: `/api/v1/tasks/${taskId}` }),
  statistics: () => ({ name: 'statistics', method: 'GET', path: '/api/v1/stats' }),
  'sign-in': ({ credentials }) => ({
    name: 'sign-in',
    method: 'POST',
    path: '/api/v1/auth/login',
    body: JSON.stringify(credentials),
  }),
} satisfies Readonly<Record<string, (account: BenchAccount, taskId: number) => LoadScenario>>;

export type ScenarioName = keyof typeof namedScenarios;

export const scenarioNames = Object.keys(namedScenarios).filter(isScenarioName);

/** More than there are connections, so that nobody signs in twice at the same time. */
const peopleSigningIn = 16;

export function isScenarioName(text: string): text is ScenarioName {
  return Object.hasOwn(namedScenarios, text);
}

/** A scenario on a running system, with its accounts and tasks made: raw requests, to be sent in turn. */
export async function prepareScenario(
  scenario: ScenarioName,
  url: string,
): Promise<{ title: string; requests: string[] }> {
  const signsIn = scenario === 'sign-in';
  const requests: string[] = [];
  let title = '';
  for (let n = 0; n < (signsIn ? peopleSigningIn : 1); n += 1) {
    const account = await createBenchAccount(url);
    const [taskId = 0] = await createListedTasks(account);
    const { name, method, path, body }: LoadScenario = namedScenarios[scenario](account, taskId);
    // Each from an address of their own: what is counted by address is nobody else's.
    const headers = signsIn ? { 'x-forwarded-for': `198.51.100.${n}` } : { authorization: `Bearer ${account.token}` };
    requests.push(toRawRequest(method, path, headers, body));
    title = `${name}: \`${method} ${path}\``;
  }
  return { title, requests };
}

/** Twenty tasks, so that each page of the list is full; gives their ids. */
export async function createListedTasks(account: BenchAccount): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < 20; i += 1) {
    const body = JSON.stringify({ title: `Task ${i}`, due_date: '2030-01-31' });
    const answer = await account.call('/tasks', { method: 'POST', body });
    const { id }: { id: number } = JSON.parse(await answer.text());
    ids.push(id);
  }
  return ids;
}
