import { addScope, createLogger, createServiceApp, publicScope, runService } from '../src/service-kit.ts';

// A service for run-service.test.ts: GET /slow is answered once POST /release came, or never. With the port "never" it does not get to listen.
let release: () => void = () => {};
const released = new Promise<void>((resolve) => {
  release = resolve;
});

await runService('slow-service', async () => {
  const [port = '0', drainDelayMs = '0', host = '127.0.0.1', drainIdleMs = '0'] = process.argv.slice(2);
  const log = createLogger('slow-service', 'info');
  if (port === 'never') {
    log.info('starting');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
  const app = await createServiceApp({
    serviceName: 'slow-service',
    description: 'for tests',
    log,
    isReady: () => Promise.resolve(true),
  });
  await addScope(app, publicScope, async (scope) => {
    scope.get('/slow', { schema: { operationId: 'slow' } }, async () => {
      log.info('slow request is in');
      await released;
      return { slow: true };
    });
    scope.post('/release', { schema: { operationId: 'release' } }, () => {
      release();
      return {};
    });
  });
  const close = (): Promise<void> => {
    log.info('dependencies closed');
    return Promise.resolve();
  };
  const drain = { drainDelayMs: Number(drainDelayMs), drainIdleMs: Number(drainIdleMs) };
  return { app, config: { host: host === 'all' ? undefined : host, port: Number(port), ...drain }, log, close };
});
