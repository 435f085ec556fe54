import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSame } from '../basic-credentials.ts';

/** One word, as services are called: it names a file. */
const clientName = /^[a-z][a-z0-9]{0,14}$/;
/** The one in use, and the one before or after it. */
const mostSecrets = 2;
/** 128 bits in base64 or hexadecimal: nobody guesses them. */
const shortestSecret = 22;

/** Whether this is one of a service's secrets. */
export type CheckServiceSecret = (name: string, secret: string) => Promise<boolean>;

/**
 * The secrets in a folder: one file for each service, named as it, with a secret on each line, two at most, so that one
 * can take the other's place without a moment in which neither is good. Read with each question, of which there are a
 * few a minute: a change counts at once, also where a folder is swapped whole, as Kubernetes does.
 */
export function createServiceSecretCheck(folder: string | undefined): CheckServiceSecret {
  return async (name, secret) => {
    if (folder === undefined || !clientName.test(name)) return false;
    const secrets = await readSecrets(join(folder, name));
    // Each is compared: the time does not say which one it was.
    return secrets.map((one) => isSame(one, secret)).includes(true);
  };
}

async function readSecrets(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.length >= shortestSecret).slice(0, mostSecrets);
}
