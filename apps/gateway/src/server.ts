import { gateway } from '@tasktracker/contracts';
import { learnNames } from '@tasktracker/service-client';
import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseGatewayConfig, serviceOrigins } from './config.ts';
import { openDeps } from './deps.ts';

await runService(gateway.serviceName, async () => {
  const config = parseGatewayConfig(process.env);
  const log = createLogger(gateway.serviceName, config.logLevel);
  const deps = openDeps(config, log);
  const app = await buildApp(config, deps, log);
  await Promise.all([deps.keys.start(), learnNames(Object.values(serviceOrigins(config)))]);
  return { app, config, log, close: deps.close };
});
