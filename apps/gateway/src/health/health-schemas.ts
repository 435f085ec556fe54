import { Type, type Static } from '@tasktracker/schema';

/** What a person sees of one service. */
export const ServiceHealth = Type.Object({
  status: Type.Union([Type.Literal('up'), Type.Literal('down')]),
  response_time_ms: Type.Number(),
  error: Type.Optional(Type.String({ description: 'what is wrong, without addresses' })),
});
export type ServiceHealth = Static<typeof ServiceHealth>;

export const SystemHealth = Type.Object({
  status: Type.Union([Type.Literal('healthy'), Type.Literal('degraded'), Type.Literal('unhealthy')]),
  service: Type.String(),
  timestamp: Type.String({ format: 'date-time' }),
  gateway: Type.Object({ status: Type.Literal('up') }),
  services: Type.Record(Type.String(), ServiceHealth),
});
export type SystemHealth = Static<typeof SystemHealth>;
