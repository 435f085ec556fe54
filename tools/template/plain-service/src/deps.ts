import { createRemoteKeys, type RemoteKeys } from '@tasktracker/auth';
import type { Logger } from '@tasktracker/service-kit';
import type { SampleConfig } from './config.ts';

/** What the application works with. */
export interface Deps {
  readonly keys: RemoteKeys;
  readonly close: () => Promise<void>;
}

/** Connects to nothing yet: polling for keys begins with `keys.start()`. */
export function openDeps(config: SampleConfig, log: Logger): Deps {
  const keys = createRemoteKeys({ source: config, log });
  return { keys, close: () => keys.close() };
}
