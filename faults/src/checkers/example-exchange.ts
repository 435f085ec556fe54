import type { Exchange, TaskBody } from '../history/exchange.ts';

export const exampleTask: TaskBody = {
  id: 1,
  title: 'made 1',
  description: null,
  status: 'todo',
  priority: 'low',
  due_date: '2030-01-01T00:00:00.001Z',
  version: 1,
};

let count = 0;

/** An exchange for tests of checkers; each has a number of its own. */
export function exampleExchange(facts: Partial<Exchange>): Exchange {
  count += 1;
  return {
    index: count,
    client: '0.0',
    account: 'ada',
    operation: 'read',
    method: 'GET',
    path: '/api/v1/tasks/1',
    startedAt: count * 10,
    endedAt: count * 10 + 5,
    status: 200,
    body: JSON.stringify(exampleTask),
    headers: {},
    ...facts,
  };
}
