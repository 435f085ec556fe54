import { randomBytes } from 'node:crypto';
import { createLogger, openapiTextOf } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { parseUserConfig } from './config.ts';
import { openDeps } from './deps.ts';

/** The service's OpenAPI document as it is committed, made from the routes; opens no connection. */
export async function toOpenapiText(): Promise<string> {
  const config = parseUserConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgres://nowhere/none',
  });
  const secrets = { masterKey: randomBytes(32), introspectionClient: undefined };
  const log = createLogger('user-service', config.logLevel);
  const deps = await openDeps(config, log, { secrets });
  const text = await openapiTextOf(await buildApp(config, deps, log));
  await deps.close();
  return text;
}
