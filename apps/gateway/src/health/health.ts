import { gateway } from '@tasktracker/contracts';
import type { ServiceHealth, SystemHealth } from './health-schemas.ts';

/** Healthy when all services are up, unhealthy when none is, degraded in between. */
export function toSystemHealth(services: Readonly<Record<string, ServiceHealth>>, now: Date): SystemHealth {
  const all = Object.values(services);
  const up = all.filter((service) => service.status === 'up').length;
  const status = up === all.length ? 'healthy' : up === 0 ? 'unhealthy' : 'degraded';
  return { status, service: gateway.serviceName, timestamp: now.toISOString(), gateway: { status: 'up' }, services };
}
