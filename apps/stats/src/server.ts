import { learnNames } from '@tasktracker/service-client';
import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseStatsConfig } from './config.ts';
import { openDeps } from './deps.ts';

await runService('stats-service', async () => {
  const config = parseStatsConfig(process.env);
  const log = createLogger('stats-service', config.logLevel);
  const deps = openDeps(config, log);
  const app = await buildApp(config, deps, log);
  await Promise.all([deps.keys.start(), learnNames([config.taskServiceUrl])]);
  return { app, config, log, close: deps.close };
});
