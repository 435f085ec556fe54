import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno, StartError } from '../start-error.ts';

const secretBytes = 32;

/**
 * The secret of this name: made on first use, the same ever after, in a file for its owner alone.
 * @throws StartError when the file is there but holds no such secret.
 */
export function secret(folder: string, name: string, encoding: 'base64' | 'base64url' = 'base64url'): string {
  const file = secretFile(folder, name);
  const text = readText(file) ?? create(file, randomBytes(secretBytes).toString(encoding));
  if (Buffer.from(text, encoding).length === secretBytes) return text;
  throw new StartError(
    `The file ${file} holds no secret that TaskTracker made: restore it, or start anew with \`npm start -- --data-dir DIR\`.`,
  );
}

export function secretFile(folder: string, name: string): string {
  return join(folder, name);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Appears whole or not at all, so that `kill -9` leaves no half secret; a link never replaces a file that is there. */
function create(file: string, text: string): string {
  const draft = `${file}.new`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  linkSync(draft, file);
  rmSync(draft);
  return text;
}
