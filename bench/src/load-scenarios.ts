import type { BenchAccount } from './bench-account.ts';

/** A request that is repeated. */
export interface LoadScenario {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** It carries no token. */
  readonly isAnonymous?: true;
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

/** All that can be repeated, by the name that a person types; for an account with tasks. */
const namedScenarios = {
  list: () => list,
  create: () => create,
  get: (_account, taskId) => ({ name: 'get', method: 'GET', path: `/api/v1/tasks/${taskId}` }),
  statistics: () => ({ name: 'statistics', method: 'GET', path: '/api/v1/tasks/stats' }),
  'sign-in': ({ credentials }) => ({
    name: 'sign-in',
    method: 'POST',
    path: '/api/v1/auth/login',
    body: JSON.stringify(credentials),
    isAnonymous: true,
  }),
} satisfies Readonly<Record<string, (account: BenchAccount, taskId: number) => LoadScenario>>;

export type ScenarioName = keyof typeof namedScenarios;

export const scenarioNames = Object.keys(namedScenarios).filter(isScenarioName);

export function isScenarioName(text: string): text is ScenarioName {
  return Object.hasOwn(namedScenarios, text);
}

/** Makes the account's tasks first. */
export async function prepareScenario(name: ScenarioName, account: BenchAccount): Promise<LoadScenario> {
  const [taskId = 0] = await createListedTasks(account);
  return namedScenarios[name](account, taskId);
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
