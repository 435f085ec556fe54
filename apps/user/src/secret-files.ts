import { readFileSync } from 'node:fs';
import { ConfigError } from '@tasktracker/config';
import { parseSecretFilesConfig, type Environment, type SecretFilesConfig } from './config.ts';
import type { IntrospectionClient } from './inspection/client-scope.ts';
import { parseMasterKey } from './keys/key-encryption.ts';

const shortestSecret = 16;

export interface Secrets {
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /** Undefined when none is configured: then nobody may introspect. */
  readonly introspectionClient: IntrospectionClient | undefined;
  /** The folder with the secrets of our services. Undefined when none is configured: then none gets a token. */
  readonly serviceClientsDir?: string | undefined;
}

/** Reads the files that the environment names. Throws ConfigError with every fault, without any content. */
export function readSecretFiles(env: Environment): Secrets {
  const config = parseSecretFilesConfig(env);
  const faults: string[] = [];
  const masterKey = readMasterKey(config, faults);
  const introspectionClient = readIntrospectionClient(config, faults);
  if (masterKey === undefined || faults.length > 0) throw new ConfigError(faults);
  return { masterKey, introspectionClient, serviceClientsDir: config.serviceClientsDir };
}

function readMasterKey({ keyEncryptionKeyFile }: SecretFilesConfig, faults: string[]): Buffer | undefined {
  const text = readFile('KEY_ENCRYPTION_KEY_FILE', keyEncryptionKeyFile, faults);
  if (text === undefined) return undefined;
  const key = parseMasterKey(text);
  if (!key) {
    faults.push('KEY_ENCRYPTION_KEY_FILE must hold 32 random bytes in base64 (`openssl rand -base64 32` makes some)');
  }
  return key;
}

function readIntrospectionClient(config: SecretFilesConfig, faults: string[]): IntrospectionClient | undefined {
  const { introspectionClientId: id, introspectionClientSecretFile: file } = config;
  if (id === undefined && file === undefined) return undefined;
  if (id === undefined || file === undefined) {
    faults.push('INTROSPECTION_CLIENT_ID and INTROSPECTION_CLIENT_SECRET_FILE go together: one of them is missing');
    return undefined;
  }
  const secret = readFile('INTROSPECTION_CLIENT_SECRET_FILE', file, faults);
  if (secret === undefined) return undefined;
  if (secret.length < shortestSecret) {
    faults.push(`INTROSPECTION_CLIENT_SECRET_FILE must hold at least ${shortestSecret} characters`);
  }
  return { id, secret };
}

function readFile(variable: string, file: string, faults: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    faults.push(`${variable} names a file that can't be read (${code})`);
    return undefined;
  }
}
