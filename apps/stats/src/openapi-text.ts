import { createLogger, openapiTextOf } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseStatsConfig } from './config.ts';
import { openDeps } from './deps.ts';

const nowhere = 'http://nowhere.invalid';

/** The service's OpenAPI document as it is committed, made from the routes; opens no port and no connection. */
export async function toOpenapiText(): Promise<string> {
  const urls = { USER_SERVICE_URL: nowhere, TASK_SERVICE_URL: nowhere };
  const config = parseStatsConfig({ PORT: '0', LOG_LEVEL: 'silent', ...urls });
  const log = createLogger('stats-service', config.logLevel);
  const deps = openDeps(config, log);
  const text = await openapiTextOf(await buildApp(config, deps, log));
  await deps.close();
  return text;
}
