import { gateway } from '@tasktracker/contracts';
import { createLogger, runService } from '@tasktracker/service-kit';
import { Value } from 'typebox/value';
import committed from '../openapi.json' with { type: 'json' };
import { buildApp } from './app.ts';
import { parseGatewayConfig } from './config.ts';
import { createDeps } from './deps.ts';
import { OpenapiDocument } from './openapi/openapi-schema.ts';

await runService(gateway.serviceName, async () => {
  const config = parseGatewayConfig(process.env);
  const deps = createDeps(config, createLogger(gateway.serviceName, config.logLevel));
  const app = await buildApp(config, Value.Parse(OpenapiDocument, committed), deps);
  deps.keys.start();
  return { app, config, close: deps.close };
});
