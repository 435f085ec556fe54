import { startSweepingKeys } from '@tasktracker/idempotency';
import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseSampleConfig } from './config.ts';
import { openDeps } from './deps.ts';

await runService('sample-service', async () => {
  const config = parseSampleConfig(process.env);
  const log = createLogger('sample-service', config.logLevel);
  const deps = openDeps(config, log);
  const app = await buildApp(config, deps, log);
  await Promise.all([deps.keys.start(), deps.openConnections()]);
  const sweeping = startSweepingKeys(deps.store.answers, log);
  return {
    app,
    config,
    log,
    async close() {
      await sweeping.stop();
      await deps.close();
    },
  };
});
