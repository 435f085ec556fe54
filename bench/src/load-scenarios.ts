import type { BenchAccount } from './bench-account.ts';

/** The requests that are repeated: the two calls that people make most. */
export const loadScenarios = [
  { name: 'list of 20', method: 'GET', path: '/api/v1/tasks?limit=20' },
  { name: 'create', method: 'POST', path: '/api/v1/tasks', body: '{"title":"Upgrade the cluster","priority":"high"}' },
] as const;

/** Twenty tasks, so that each page of the list is full. */
export async function createListedTasks(account: BenchAccount): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    const body = JSON.stringify({ title: `Task ${i}`, due_date: '2030-01-31' });
    await account.call('/tasks', { method: 'POST', body });
  }
}
