import { authenticatedScope, serviceScope, tokenVerification, type TokenKeys } from '@tasktracker/auth';
import { parseNetworks } from '@tasktracker/config';
import { servicesByName, TaskStats } from '@tasktracker/contracts';
import { eventFeedRoutes } from '@tasktracker/events';
import { idempotencyKeys } from '@tasktracker/idempotency';
import { toDatabaseProblem } from '@tasktracker/postgres';
import {
  addScope,
  createServiceApp,
  publicScope,
  serviceIdentity,
  type Logger,
  type ServiceApp,
} from '@tasktracker/service-kit';
import type { TaskConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { batchComponents } from './tasks/batch-schemas.ts';
import { taskRoutes } from './tasks/task-routes.ts';
import { Task, TaskChanges, TaskCreation, TaskList, TaskUpdate } from './tasks/task-schemas.ts';
import { createTaskService } from './tasks/task-service.ts';

const { serviceName, prefix } = servicesByName.task;

type AppDeps = Pick<Deps, 'store' | 'isSchemaReady'> & { keys: TokenKeys };

/** The task service without its socket and its background work. */
export async function buildApp(
  config: TaskConfig,
  { keys, store, isSchemaReady }: AppDeps,
  log: Logger,
): Promise<ServiceApp> {
  const app = await createServiceApp({
    serviceName,
    description: 'Your tasks and their counts.',
    log,
    trustedProxies: parseNetworks(config.trustedProxies),
    requestTimeoutMs: config.requestTimeoutMs,
    mostConnections: config.maxConnections,
    isReady: isSchemaReady,
    toProblem: toDatabaseProblem,
  });
  // Here and not in the plugin: a scope with schemas of its own gets Fastify's own validator, which coerces bodies.
  const components = [Task, TaskList, TaskChanges, TaskStats, TaskCreation, TaskUpdate, ...batchComponents];
  for (const component of components) app.addSchema(component);
  await app.register(tokenVerification, { keys, issuer: config.tokenIssuer, audience: config.tokenAudience });

  await app.register(idempotencyKeys, { lifetimeHours: config.idempotencyKeyHours });

  await addScope(app, publicScope, (scope) => scope.register(serviceIdentity, { serviceName }));
  await addScope(app, authenticatedScope(app), (scope) =>
    scope.register(taskRoutes, { prefix, tasks: createTaskService(store, { ...config, path: prefix }) }),
  );
  const feed = { source: '/tasktracker/task', log: store.events, readPresent: store.readPresent };
  await addScope(app, serviceScope(app, 'events:read'), (scope) => scope.register(eventFeedRoutes, feed));
  return app;
}
