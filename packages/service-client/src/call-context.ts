import { clientOf } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';

/** What goes along with a call: on whose behalf it is made, and the ids to trace it by. */
export interface CallContext {
  /** The caller's own access token: a service has none of its own, and no call can do more than its caller may. */
  readonly token?: string | undefined;
  readonly requestId?: string | undefined;
  /** W3C Trace Context, as it came. */
  readonly traceparent?: string | undefined;
  /** The address of the very first caller, for the log of the service that is called. */
  readonly clientAddress?: string | undefined;
}

/** The context of calls that are made to answer this request. */
export function callContextOf(request: FastifyRequest): CallContext {
  return {
    token: request.caller?.token,
    requestId: request.id,
    traceparent: request.headers['traceparent']?.toString(),
    clientAddress: clientOf(request).address,
  };
}

/** The headers that carry it. */
export function contextHeaders({ token, requestId, traceparent, clientAddress }: CallContext): Record<string, string> {
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(requestId !== undefined && { 'x-request-id': requestId }),
    ...(traceparent !== undefined && { traceparent }),
    ...(clientAddress !== undefined && { 'x-forwarded-for': clientAddress }),
  };
}
