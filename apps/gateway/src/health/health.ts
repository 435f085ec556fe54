import { gateway } from '@tasktracker/contracts';

/** What a person sees of one service. */
export interface ServiceHealth {
  readonly status: 'up' | 'down';
  readonly response_time_ms: number;
  /** In words, without addresses. */
  readonly error?: string;
}

export interface SystemHealth {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly service: string;
  readonly timestamp: string;
  readonly gateway: { readonly status: 'up' };
  readonly services: Readonly<Record<string, ServiceHealth>>;
}

/** Healthy when all services are up, unhealthy when none is, degraded in between. */
export function toSystemHealth(services: Readonly<Record<string, ServiceHealth>>, now: Date): SystemHealth {
  const all = Object.values(services);
  const up = all.filter((service) => service.status === 'up').length;
  const status = up === all.length ? 'healthy' : up === 0 ? 'unhealthy' : 'degraded';
  return { status, service: gateway.serviceName, timestamp: now.toISOString(), gateway: { status: 'up' }, services };
}
