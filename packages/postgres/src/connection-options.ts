import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { ignoreShellVariables } from './ignore-shell-variables.ts';

/**
 * How a connection is protected. `verify-full`: by TLS, with a certificate of a trusted authority for the host
 * that is connected to; `verify-ca`: for whatever host; `disable`: not at all.
 */
export type DatabaseTls = (typeof tlsModes)[number];

const tlsModes = ['disable', 'verify-ca', 'verify-full'] as const;

export interface TlsSettings {
  /** What the URL says, when undefined. */
  tls?: DatabaseTls | undefined;
  /** PEM file with the authorities that are trusted; those that Node comes with, when undefined. */
  caFile?: string | undefined;
}

/** Those of the variables DATABASE_TLS and DATABASE_CA_FILE. Throws DatabaseTlsError. */
export function readTlsSettings(env: Readonly<Record<string, string | undefined>>): TlsSettings {
  const tls = env['DATABASE_TLS'] || undefined;
  const mode = tlsModes.find((known) => known === tls);
  if (tls !== undefined && mode === undefined) {
    throw new DatabaseTlsError(`DATABASE_TLS must be one of ${tlsModes.join(', ')}.`);
  }
  return { tls: mode, caFile: env['DATABASE_CA_FILE'] || undefined };
}

/** The database's URL with these settings instead of its own `sslmode` and `sslrootcert`. */
export function withTls(databaseUrl: string, { tls, caFile }: TlsSettings): string {
  const url = new URL(databaseUrl);
  if (tls !== undefined) {
    url.searchParams.delete('ssl');
    url.searchParams.set('sslmode', tls);
  }
  if (caFile !== undefined) url.searchParams.set('sslrootcert', caFile);
  return url.href;
}

const tlsParameters = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'] as const;

/**
 * The options of all our connections. A URL's TLS parameters are read here, because the driver would read the
 * authority's file once and refuse the server's next certificate, and would take `verify-ca` for `verify-full`. Throws
 * DatabaseTlsError when a file can't be read.
 */
export function toConnectionOptions(connectionString: string): ClientConfig {
  ignoreShellVariables();
  if (!URL.canParse(connectionString)) return { connectionString };
  const url = new URL(connectionString);
  const ssl = toSsl(url);
  for (const name of tlsParameters) url.searchParams.delete(name);
  return { connectionString: url.href, ssl };
}

/** Those that the driver knows; like it, we check as much for `prefer` and `require` as for `verify-full`. */
const urlModes: ReadonlySet<string> = new Set([...tlsModes, 'prefer', 'require', 'no-verify']);

function toSsl({ searchParams }: URL): ConnectionOptions | false {
  const mode = searchParams.get('sslmode') ?? (isTrue(searchParams.get('ssl')) ? 'verify-full' : undefined);
  if (mode !== undefined && !urlModes.has(mode)) {
    throw new DatabaseTlsError(`The database URL's sslmode must be one of ${tlsModes.join(', ')}.`);
  }
  const [ca, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => searchParams.get(name) ?? undefined);
  if (mode === 'disable' || (mode === undefined && ca === undefined)) return false;
  const options: ConnectionOptions = {};
  if (cert !== undefined) options.cert = readPem(cert);
  if (key !== undefined) options.key = readPem(key);
  if (mode === 'no-verify') options.rejectUnauthorized = false;
  if (mode === 'verify-ca') options.checkServerIdentity = () => undefined;
  if (ca !== undefined) readAnew(options, ca);
  return options;
}

const isTrue = (value: string | null): boolean => value === 'true' || value === '1';

/** Each new connection reads the file: an authority is renewed while a pod runs, and mounted files follow it. */
function readAnew(options: ConnectionOptions, caFile: string): void {
  let last = readPem(caFile);
  Object.defineProperty(options, 'ca', {
    enumerable: true,
    get() {
      try {
        last = readPem(caFile);
      } catch {
        // It is being replaced at this moment.
      }
      return last;
    },
  });
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new DatabaseTlsError(`The file ${file}, which the database's TLS needs, can't be read.`, { cause });
  }
}

/** A setting with which no connection can be made. */
class DatabaseTlsError extends Error {
  override readonly name = 'DatabaseTlsError';
}
