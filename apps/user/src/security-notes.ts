import { logSecurityEvent, type SecurityEvent } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';

type Details = Parameters<typeof logSecurityEvent>[2];

/** How a use case reports what happened: it knows what, and the request knows who asked. */
export type NoteEvent = (event: SecurityEvent, details: Details) => void;

/** Notes become named lines of the log, with the request's operation and the client's address. */
export function notesOf(request: FastifyRequest): NoteEvent {
  return (event, details) => logSecurityEvent(request, event, details);
}
