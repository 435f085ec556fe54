import { Client } from 'pg';
import { toConnectionOptions } from './connection-options.ts';
import { readProperty } from './read-property.ts';
import { toTlsFault } from './tls-fault.ts';

/**
 * Opens one connection outside any pool. A failure is made into an error by `toError`, from a sentence that names the
 * database and never the password. Throws DatabaseTlsError for settings with which none can be opened.
 */
export async function connectClient(
  connectionString: string,
  applicationName: string,
  toError: (sentence: string, cause: unknown) => Error,
  timeoutMs = 10_000,
): Promise<Client> {
  const options = toConnectionOptions(connectionString);
  try {
    const client = new Client({
      ...options,
      application_name: applicationName,
      // Without it, a host that swallows everything is silent for minutes.
      connectionTimeoutMillis: timeoutMs,
    });
    // A connection that breaks shows at the next query; without a listener it would end the process.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (cause) {
    const { hostname, port, pathname } = new URL(connectionString);
    // A refused connection to several addresses of one name has no message of its own.
    const reason = toTlsFault(cause) ?? (readProperty(cause, 'message') || readProperty(cause, 'code'));
    throw toError(
      `The database ${pathname.slice(1)} at ${hostname}:${port || '5432'} can't be reached: ${String(reason)}`,
      cause,
    );
  }
}
