import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** The major version of the binaries that the lock file pins; a data folder belongs to one major version. */
export const postgresMajorVersion = 18;

/** Finds the Postgres programs that npm installed for this platform. */
export function locatePostgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const folder = join(dirname(entry), '..', 'native', 'bin');
    return { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'UNSUPPORTED_PLATFORM',
      `There is no embedded Postgres for ${platform} here: run "npm ci" without --omit=optional, or use a Postgres of your own.`,
      { cause },
    );
  }
}
