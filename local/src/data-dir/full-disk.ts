import { statfsSync } from 'node:fs';
import { StartError } from '../start-error.ts';

/** Postgres always needs room for one more segment of its log; with less, nothing here works. */
const neededBytes = 16 * 1024 * 1024;

/**
 * A start that fails for lack of room says so in many ways ("checkpoint request failed"); this names the cause.
 * Undefined when there is room and `error` doesn't mention it either.
 */
export function explainFullDisk(root: string, error: unknown): StartError | undefined {
  const free = freeBytes(root);
  if ((free === undefined || free >= neededBytes) && !speaksOfRoom(error)) return undefined;
  // What failed may have released its room by now.
  const left = free === undefined || free >= neededBytes ? '' : ` (${Math.floor(free / 1024 / 1024)} MB free)`;
  return new StartError(
    `There is no space left on the disk that holds ${root}${left}: make room, or choose another folder with \`npm start -- --data-dir DIR\`.`,
    { cause: error },
  );
}

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Whether the disk, or what this account may have of it, is full. */
export function speaksOfRoom(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (/no space left|disk is full|ENOSPC|quota exceeded/i.test(current.message)) return true;
    if ('code' in current && ['ENOSPC', 'EDQUOT', '53100'].includes(String(current.code))) return true;
  }
  return false;
}
