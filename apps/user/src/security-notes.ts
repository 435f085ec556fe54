import { logSecurityEvent, type SecurityEvent } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';

type Details = Parameters<typeof logSecurityEvent>[2];

/** How a use case says what happened: it knows what it was, the request who asked. */
export type NoteEvent = (event: SecurityEvent, details: Details) => void;

/** Notes become named lines of the log, with the request's operation and the client's address. */
export function notesOf(request: FastifyRequest): NoteEvent {
  return (event, details) => logSecurityEvent(request, event, details);
}
