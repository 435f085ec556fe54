import { createLogger, openapiTextOf } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseSampleConfig } from './config.ts';
import { openDeps } from './deps.ts';

const nowhere = 'http://nowhere.invalid';

/** The service's OpenAPI document as it is committed, made from the routes; opens no port and no connection. */
export async function toOpenapiText(): Promise<string> {
  const config = parseSampleConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgres://nowhere.invalid/none',
    USER_SERVICE_URL: nowhere,
  });
  const log = createLogger('sample-service', config.logLevel);
  const deps = openDeps(config, log);
  const text = await openapiTextOf(await buildApp(config, deps, log));
  await deps.close();
  return text;
}
