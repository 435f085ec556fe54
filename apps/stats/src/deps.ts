import { createRemoteKeys, type RemoteKeys } from '@tasktracker/auth';
import type { Logger } from '@tasktracker/service-kit';
import type { StatsConfig } from './config.ts';
import { createTaskClient, type TaskClient } from './stats/task-client.ts';

/** What the application works with. */
export interface Deps {
  readonly keys: RemoteKeys;
  readonly tasks: TaskClient;
  readonly close: () => Promise<void>;
}

/**
 * Connects to nothing yet: polling for keys begins with `keys.start()`, and the task service is reached with the first
 * call.
 */
export function openDeps(config: StatsConfig, log: Logger): Deps {
  const keys = createRemoteKeys({ source: config, log });
  const tasks = createTaskClient({ origin: config.taskServiceUrl });
  return {
    keys,
    tasks,
    async close() {
      await keys.close();
      await tasks.close();
    },
  };
}
