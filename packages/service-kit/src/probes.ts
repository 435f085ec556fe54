import { ServiceUnavailable } from '@tasktracker/errors';
import { Type } from 'typebox';
import type { ServiceApp } from './typed-app.ts';

interface ProbesOptions {
  readonly isDraining: () => boolean;
  readonly isReady: () => Promise<boolean>;
}

/** `/healthz` does no I/O; `/readyz` asks what this process itself owns, never another service. */
export async function probes(app: ServiceApp, { isDraining, isReady }: ProbesOptions): Promise<void> {
  const response = { 200: Type.Object({ status: Type.String() }) };
  app.get('/healthz', { schema: { operationId: 'getLiveness', hide: true, response } }, () => ({ status: 'alive' }));
  app.get('/readyz', { schema: { operationId: 'getReadiness', hide: true, response } }, async () => {
    if (isDraining() || !(await isReady())) throw new ServiceUnavailable(1);
    return { status: 'ready' };
  });
}
