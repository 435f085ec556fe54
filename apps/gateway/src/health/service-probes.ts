import { services, type ServiceName } from '@tasktracker/contracts';
import { cachedLookup } from '@tasktracker/service-kit';
import { Agent, request } from 'undici';
import type { ServiceHealth } from './health.ts';

export interface ServiceProbes {
  /** Every service's health by its public name, asked in parallel; those who ask meanwhile share the answer. Never throws. */
  ask(): Promise<Record<string, ServiceHealth>>;
  close(): Promise<void>;
}

export interface ServiceProbesOptions {
  readonly origins: Readonly<Record<ServiceName, string>>;
  /** Bounds the whole answer. */
  readonly timeoutMs?: number;
}

export function createServiceProbes({ origins, timeoutMs = 1_000 }: ServiceProbesOptions): ServiceProbes {
  const dispatcher = new Agent({ connections: 1, connect: { timeout: timeoutMs, lookup: cachedLookup } });
  let pending: Promise<Record<string, ServiceHealth>> | undefined;

  /** Asks for readiness: a service without its database is of no use to anybody. */
  async function fault(origin: string): Promise<string | undefined> {
    try {
      const answer = await request(`${origin}/readyz`, { dispatcher, signal: AbortSignal.timeout(timeoutMs) });
      await answer.body.dump();
      return answer.statusCode === 200 ? undefined : 'not ready';
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'not reachable';
    }
  }

  async function probe(origin: string): Promise<ServiceHealth> {
    const start = performance.now();
    const error = await fault(origin);
    const response_time_ms = Math.round((performance.now() - start) * 100) / 100;
    return error === undefined ? { status: 'up', response_time_ms } : { status: 'down', response_time_ms, error };
  }

  async function probeAll(): Promise<Record<string, ServiceHealth>> {
    const answers = services.map(async ({ name, serviceName }) => [serviceName, await probe(origins[name])] as const);
    return Object.fromEntries(await Promise.all(answers));
  }

  return {
    ask: () =>
      (pending ??= probeAll().finally(() => {
        pending = undefined;
      })),
    close: () => dispatcher.destroy(),
  };
}
