import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { startBackground } from './background.ts';
import { parseTaskConfig } from './config.ts';
import { openDeps } from './deps.ts';

await runService('task-service', async () => {
  const config = parseTaskConfig(process.env);
  const log = createLogger('task-service', config.logLevel);
  const deps = openDeps(config, log);
  const app = await buildApp(config, deps, log);
  await Promise.all([deps.keys.start(), deps.openConnections()]);
  const background = startBackground(config, deps, log);
  return {
    app,
    config,
    log,
    async close() {
      await background.stop();
      await deps.close();
    },
  };
});
