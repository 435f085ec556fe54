import { readProperty } from './read-property.ts';
import { toTlsFault } from './tls-fault.ts';

const unavailableCodes = new Set<unknown>([
  // Node: nobody listens, or the connection broke.
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  // Postgres: starting or stopping, out of connections, memory or disk space, statement too slow, its disk failing.
  '57P01',
  '57P02',
  '57P03',
  '53000',
  '53100',
  '53200',
  '53300',
  '58030',
  '57014',
  // A statement that was to be prepared on this connection is not: what came before it on the connection failed.
  '26000',
  // Prisma: not reached, timed out, closed, no connection or transaction available.
  'P1001',
  'P1002',
  'P1008',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
  // Prisma's adapter, below a raw query's P2010.
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'TlsConnectionError',
]);

// Errors of `pg` and `pg-pool` that have no code, and of Postgres for what was prepared before a migration changed a type:
// on a connection that was there before, it fails each time.
const unavailableMessage =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout|cached plan must not change result type)/;

/**
 * Whether an error of the driver or of Prisma says that the database can't be reached or is overloaded right now, or that
 * this connection is not fit for the statement, rather than that the query is wrong: worth another try later.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let current = error, depth = 0; current !== undefined && depth < 5; depth += 1) {
    const code =
      readProperty(current, 'code') ?? readProperty(current, 'originalCode') ?? readProperty(current, 'kind');
    if (
      toTlsFault(current) !== undefined ||
      unavailableCodes.has(code) ||
      (typeof code === 'string' && /^08...$/.test(code))
    )
      return true;
    const message = readProperty(current, 'message') ?? readProperty(current, 'originalMessage');
    if (typeof message === 'string' && unavailableMessage.test(message)) return true;
    current = readProperty(readProperty(current, 'meta'), 'driverAdapterError') ?? readProperty(current, 'cause');
  }
  return false;
}
