import { randomBytes } from 'node:crypto';
import { buildApp } from './app.ts';
import { parseUserConfig } from './config.ts';
import { openDeps } from './deps.ts';

/** The service's OpenAPI document as it is committed, made from the routes; nothing is connected. */
export async function toOpenapiText(): Promise<string> {
  const config = parseUserConfig({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgres://nowhere/none',
    KEY_ENCRYPTION_KEY_FILE: 'none',
  });
  const secrets = { masterKey: randomBytes(32), introspectionClient: undefined };
  const deps = await openDeps({ config, secrets, log: { warn: () => undefined } });
  const app = await buildApp(config, deps);
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  await deps.close();
  return text;
}
