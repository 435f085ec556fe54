import { fileURLToPath } from 'node:url';
import { createRemoteKeys, type RemoteKeys } from '@tasktracker/auth';
import { createFeedClient } from '@tasktracker/events';
import { createPool, isSchemaReady, openConnections, withTls } from '@tasktracker/postgres';
import { createServiceTokens } from '@tasktracker/service-client';
import type { Logger } from '@tasktracker/service-kit';
import type { TaskConfig } from './config.ts';
import { createTaskStore, taskSessionSettings, type TaskStore } from './tasks/task-store.ts';

const migrationsDir = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** What the application works with. */
export interface Deps {
  readonly keys: RemoteKeys;
  readonly store: TaskStore;
  /** What the user service tells; undefined without a secret of ours. */
  readonly accountFeed: ReturnType<typeof createFeedClient> | undefined;
  readonly isSchemaReady: () => Promise<boolean>;
  /** Before the first request. */
  readonly openConnections: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Connects to nothing yet: polling for keys begins with `keys.start()`, and the database is reached with the first
 * query.
 */
export function openDeps(config: TaskConfig, log: Logger): Deps {
  const { databaseUrl, databaseTls, databaseCaFile, databasePoolSize, userServiceUrl, serviceSecretFile } = config;
  const keys = createRemoteKeys({ source: config, log });
  const pool = createPool({
    connectionString: withTls(databaseUrl, { tls: databaseTls, caFile: databaseCaFile }),
    max: databasePoolSize,
    applicationName: 'task-service',
    settings: taskSessionSettings,
    log,
  });
  const tokens =
    serviceSecretFile === undefined
      ? undefined
      : createServiceTokens({ userServiceUrl, service: 'task', secretFile: serviceSecretFile });
  // What exists is no news here; whose tasks are to go may have been deleted before the first question.
  const accountFeed = tokens && createFeedClient({ name: 'user', origin: userServiceUrl, tokens, beginsWith: 'log' });
  return {
    keys,
    store: createTaskStore(pool),
    accountFeed,
    isSchemaReady: () => isSchemaReady(pool, migrationsDir, log),
    openConnections: () => openConnections(pool),
    async close() {
      await keys.close();
      await accountFeed?.close();
      await tokens?.close();
      await pool.end();
    },
  };
}
