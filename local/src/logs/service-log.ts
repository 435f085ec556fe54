import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { toMessage } from './readable-log.ts';

/** A log longer than this is set aside as `.old` at the next start; one older file is kept. */
const maxLogBytes = 50 * 1024 * 1024;
const lastWordsBytes = 8 * 1024;
const chunkBytes = 64 * 1024;

export function setLongLogAside(file: string): void {
  if (logLength(file) > maxLogBytes) renameSync(file, `${file}.old`);
}

export function logLength(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Why a process ended, from what it wrote after `offset`: its error without the stack, else its last entry. */
export function lastWords(file: string, offset: number): string {
  const text = readFrom(file, Math.max(offset, logLength(file) - lastWordsBytes), lastWordsBytes).toString();
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const lastEntry = lines.findLastIndex((line) => line.startsWith('{"'));
  const plain = lines.slice(lastEntry + 1);
  const thrown = plain.find((line) => /^(\w*Error)( \[\w+\])?: /.test(line));
  if (thrown !== undefined) return thrown;
  if (plain.length > 0)
    return plain
      .filter((line) => !/^\s+at /.test(line))
      .slice(-6)
      .join('\n');
  return toMessage(lines[lastEntry] ?? '');
}

export interface LogFollower {
  /** Passes on what is still unread, then ends. */
  close(): void;
}

/**
 * Calls `onLine` for each whole line added to the file from now on. A file, not a pipe: a slow terminal slows no
 * service.
 */
export function followLog(file: string, onLine: (line: string) => void): LogFollower {
  let offset = logLength(file);
  const decoder = new StringDecoder();
  let unfinished = '';

  function readOn(): void {
    for (;;) {
      const bytes = readFrom(file, offset, chunkBytes);
      if (bytes.length === 0) return;
      offset += bytes.length;
      const lines = (unfinished + decoder.write(bytes)).split('\n');
      unfinished = lines.pop() ?? '';
      lines.forEach(onLine);
    }
  }

  const timer = setInterval(readOn, 100);
  return {
    close() {
      clearInterval(timer);
      readOn();
    },
  };
}

function readFrom(file: string, offset: number, maxBytes: number): Buffer {
  if (offset >= logLength(file)) return Buffer.alloc(0);
  const buffer = Buffer.alloc(maxBytes);
  const descriptor = openSync(file, 'r');
  try {
    return buffer.subarray(0, readSync(descriptor, buffer, 0, maxBytes, offset));
  } finally {
    closeSync(descriptor);
  }
}
