import { readProperty } from './read-property.ts';

/** What Postgres itself said. */
interface PostgresFault {
  /** SQLSTATE, as `28P01` for a wrong password. */
  readonly code: string;
  readonly message: string;
}

/** The fault that Postgres found; undefined for errors that are not its own. Understands the driver's and Prisma's. */
export function postgresFault(error: unknown): PostgresFault | undefined {
  const cause = readProperty(readProperty(readProperty(error, 'meta'), 'driverAdapterError'), 'cause');
  const code = readProperty(cause, 'originalCode') ?? readProperty(error, 'code');
  const message = readProperty(cause, 'originalMessage') ?? readProperty(error, 'message');
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || typeof message !== 'string') return undefined;
  return { code, message };
}
