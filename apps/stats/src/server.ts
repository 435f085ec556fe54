import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseStatsConfig } from './config.ts';
import { createDeps } from './deps.ts';

await runService('stats-service', async () => {
  const config = parseStatsConfig(process.env);
  const deps = createDeps(config, createLogger('stats-service', config.logLevel));
  const app = await buildApp(config, deps);
  deps.keys.start();
  return { app, config, close: deps.close };
});
