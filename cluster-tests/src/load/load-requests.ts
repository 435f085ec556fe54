import type { LoadOperation, LoadPlan } from './load-plan.ts';

export interface LoadRequest {
  readonly operation: LoadOperation;
  readonly method: string;
  readonly path: string;
  readonly expectedStatus: number;
  readonly body?: string;
  /** Number of the task that it creates. */
  readonly creates?: number;
}

export interface LoadRequests {
  /** The next in turn; an operation on a task lists instead while none is known. */
  readonly next: () => LoadRequest;
  readonly learnTask: (id: number) => void;
  readonly createsSent: () => number;
}

const knownTasks = 500;

/** The plan's operations in a fixed rotation, each as often as its weight says. */
export function createLoadRequests(plan: LoadPlan): LoadRequests {
  const rotation = rotationOf(plan.mix);
  const taskIds: number[] = [];
  let turn = 0;
  let creates = 0;
  const someTask = (): number | undefined => taskIds[(turn * 7) % Math.max(1, taskIds.length)];
  const build: Record<LoadOperation, () => LoadRequest> = {
    list: () => get('list', '/api/v1/tasks/?limit=20'),
    statistics: () => get('statistics', '/api/v1/stats'),
    me: () => get('me', '/api/v1/auth/me'),
    read: () => {
      const id = someTask();
      return id === undefined ? build.list() : get('read', `/api/v1/tasks/${id}`);
    },
    complete: () => {
      const id = someTask();
      if (id === undefined) return build.list();
      return { operation: 'complete', method: 'PATCH', path: `/api/v1/tasks/${id}/complete`, expectedStatus: 200 };
    },
    create: () => {
      const creating = creates;
      creates += 1;
      const body = JSON.stringify({ title: `${plan.name} ${creating}` });
      return {
        operation: 'create',
        method: 'POST',
        path: '/api/v1/tasks/',
        expectedStatus: 201,
        body,
        creates: creating,
      };
    },
    login: () => {
      const body = JSON.stringify({ username: plan.username, password: plan.password });
      return { operation: 'login', method: 'POST', path: '/api/v1/auth/login', expectedStatus: 200, body };
    },
  };
  return {
    next: () => {
      const operation = rotation[turn % rotation.length] ?? 'list';
      turn += 1;
      return build[operation]();
    },
    learnTask: (id) => {
      if (taskIds.length < knownTasks) taskIds.push(id);
    },
    createsSent: () => creates,
  };
}

function get(operation: LoadOperation, path: string): LoadRequest {
  return { operation, method: 'GET', path, expectedStatus: 200 };
}

/** Spreads the operations evenly: always the one that is furthest behind its share. */
function rotationOf(mix: LoadPlan['mix']): LoadOperation[] {
  const shares = mix.map(({ operation, weight }) => ({ operation, weight, credit: 0 }));
  const total = mix.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length: total }, () => {
    for (const share of shares) share.credit += share.weight;
    const next = shares.reduce((best, share) => (share.credit > best.credit ? share : best));
    next.credit -= total;
    return next.operation;
  });
}
