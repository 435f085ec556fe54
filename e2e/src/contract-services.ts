/**
 * The services of the contract, in its order, each with a path that answers every signed-in caller with 200. The
 * journeys' own list: they know the API, not the code behind it.
 */
export const contractServices = [
  { name: 'user', prefix: '/api/v1/auth', callerPath: '/api/v1/auth/me' },
  { name: 'task', prefix: '/api/v1/tasks', callerPath: '/api/v1/tasks/' },
  { name: 'stats', prefix: '/api/v1/stats', callerPath: '/api/v1/stats/' },
] as const;

export type ServiceName = (typeof contractServices)[number]['name'];
