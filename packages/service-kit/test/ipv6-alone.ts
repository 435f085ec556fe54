import { addScope, createLogger, createServiceApp, publicScope } from '../src/service-kit.ts';
import { listen } from '../src/listen.ts';

// For run-service.test.ts, which runs it where there is no IPv4: says what services answer at ::1 that listen as in a cluster and as
// in the local stack.
for (const host of [undefined, 'localhost']) {
  const app = await createServiceApp({
    serviceName: 'hello-service',
    description: 'for tests',
    log: createLogger('hello-service', 'silent'),
    isReady: () => Promise.resolve(true),
  });
  await addScope(app, publicScope, async (scope) => {
    scope.get('/hello', { schema: { operationId: 'hello' } }, () => ({}));
  });
  await listen(app, host, 0);
  const [address] = app.addresses();
  if (typeof address !== 'object') throw new Error('not listening on a port');
  const answer = await fetch(`http://[::1]:${address.port}/hello`);
  process.stdout.write(`${host ?? 'every address'} ${answer.status}\n`);
  await app.close();
}
process.exit();
