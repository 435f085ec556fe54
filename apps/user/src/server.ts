import { parseTogether } from '@tasktracker/config';
import { createLogger, runService } from '@tasktracker/service-kit';
import { buildApp } from './app.ts';
import { startBackground } from './background.ts';
import { parseUserConfig } from './config.ts';
import { openDeps } from './deps.ts';
import { readSecretFiles } from './secret-files.ts';

await runService('user-service', async () => {
  const [config, secrets] = parseTogether(
    () => parseUserConfig(process.env),
    () => readSecretFiles(process.env),
  );
  const log = createLogger('user-service', config.logLevel);
  const deps = await openDeps(config, log, { secrets });
  const app = await buildApp(config, deps, log);
  const [background] = await Promise.all([startBackground(deps, config, log), deps.openConnections()]);
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
