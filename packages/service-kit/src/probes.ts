import { ServiceUnavailable } from '@tasktracker/errors';
import type { FastifyRequest } from 'fastify';
import { Type } from '@tasktracker/schema';
import type { ServiceApp } from './typed-app.ts';

interface ProbesOptions {
  readonly isReady: () => Promise<boolean>;
}

const paths: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz']);

/** Whether a kubelet or the like asks, not a caller. */
export function isProbe({ routeOptions }: FastifyRequest): boolean {
  return paths.has(routeOptions.url);
}

/** `/healthz` does no I/O; `/readyz` asks what this process itself owns, never another service. */
export async function probes(app: ServiceApp, { isReady }: ProbesOptions): Promise<void> {
  const response = { 200: Type.Object({ status: Type.String() }) };
  app.get('/healthz', { schema: { operationId: 'getLiveness', hide: true, response } }, () => ({ status: 'alive' }));
  app.get('/readyz', { schema: { operationId: 'getReadiness', hide: true, response } }, async () => {
    if (app.isDraining() || !(await isReady())) throw new ServiceUnavailable(1);
    return { status: 'ready' };
  });
}
