import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseTaskConfig } from './config.ts';
import { createDeps } from './deps.ts';

await runService('task-service', async () => {
  const config = parseTaskConfig(process.env);
  const deps = createDeps(config, createLogger('task-service', config.logLevel));
  const app = await buildApp(config, deps);
  deps.keys.start();
  return { app, config, close: deps.close };
});
