import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno, StartError } from '../start-error.ts';
import type { DataDir } from './data-dir.ts';

/** What a data folder keeps for itself, each in a file for its owner alone. */
export interface Secrets {
  /** Protects the signing keys in the database. */
  readonly keyEncryptionKeyFile: string;
  /** Distinguishes this installation from others without revealing its secrets: 32 hexadecimal digits. */
  readonly installationId: string;
  /** Of the embedded Postgres' superuser. */
  postgresPassword(): string;
  /** The folder with a secret of each of these services, by which it gets tokens of its own; replaced if missing: both sides read it. */
  serviceClientsDir(services: readonly string[]): string;
  /** Of a service's role, such as `app`; replaced if missing, since the start then sets it in Postgres too. */
  rolePassword(service: string, role: string): string;
}

const secretBytes = 32;
const keyEncryptionKey = 'key-encryption-key';

/**
 * The secrets of a data folder: made on first use, the same ever after.
 * @throws StartError when one that old data needs is gone, or a file holds no such secret.
 */
export function openSecrets({ secrets: folder, postgres }: DataDir): Secrets {
  const holdsData = existsSync(join(postgres, 'PG_VERSION'));
  // It is made first: if passwords exist without it, it was lost.
  const isUsed = holdsData || readdirSync(folder).some((name) => name.endsWith('-password'));
  const key = irreplaceable(folder, keyEncryptionKey, isUsed, 'base64');
  return {
    keyEncryptionKeyFile: join(folder, keyEncryptionKey),
    installationId: Buffer.from(hkdfSync('sha256', key, '', 'tasktracker installation v1', 16)).toString('hex'),
    postgresPassword: () => irreplaceable(folder, 'postgres-password', holdsData, 'base64url'),
    serviceClientsDir(services) {
      const clients = join(folder, 'service-clients');
      mkdirSync(clients, { recursive: true, mode: 0o700 });
      for (const service of services) {
        if (readSecret(clients, service, 'base64url') === undefined) create(clients, service, 'base64url');
      }
      return clients;
    },
    rolePassword: (service, role) => {
      const name = `${service}-${role}-password`;
      return readSecret(folder, name, 'base64url') ?? create(folder, name, 'base64url');
    },
  };
}

function irreplaceable(folder: string, name: string, isUsed: boolean, encoding: 'base64' | 'base64url'): string {
  const text = readSecret(folder, name, encoding);
  if (text !== undefined) return text;
  if (!isUsed) return create(folder, name, encoding);
  throw new StartError(
    `The file ${join(folder, name)} is gone, and the data beside it can't be used without it: ` +
      'put it back from a backup, or start afresh with `npm start -- --data-dir DIR`.',
  );
}

/** @throws StartError when the file is there but holds no such secret. */
function readSecret(folder: string, name: string, encoding: 'base64' | 'base64url'): string | undefined {
  const file = join(folder, name);
  const text = readText(file);
  if (text === undefined || Buffer.from(text, encoding).length === secretBytes) return text;
  throw new StartError(
    `The file ${file} holds no secret that TaskTracker made: put it back from a backup, or start afresh with \`npm start -- --data-dir DIR\`.`,
  );
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Appears whole or not at all, so that `kill -9` leaves no half a secret; a link never replaces an existing file. */
function create(folder: string, name: string, encoding: 'base64' | 'base64url'): string {
  const file = join(folder, name);
  const text = randomBytes(secretBytes).toString(encoding);
  const draft = `${file}.new`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  linkSync(draft, file);
  rmSync(draft);
  return text;
}
