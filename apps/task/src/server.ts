import { startPruningEvents } from '@tasktracker/events';
import { startSweepingKeys } from '@tasktracker/idempotency';
import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseTaskConfig } from './config.ts';
import { openDeps } from './deps.ts';

await runService('task-service', async () => {
  const config = parseTaskConfig(process.env);
  const log = createLogger('task-service', config.logLevel);
  const deps = openDeps(config, log);
  const app = await buildApp(config, deps, log);
  await Promise.all([deps.keys.start(), deps.openConnections()]);
  const pruning = startPruningEvents(deps.store.events, config.eventRetentionDays, log);
  const sweeping = startSweepingKeys(deps.store.answers, log);
  return {
    app,
    config,
    log,
    async close() {
      await pruning.stop();
      await sweeping.stop();
      await deps.close();
    },
  };
});
