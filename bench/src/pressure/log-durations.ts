import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** The length of a log, to read from there on later. */
export function logLength(file: string): number {
  return statSync(file).size;
}

/** Milliseconds that the requests with this status took by the log's own lines, from a place in it to its end. */
export function logDurations(file: string, from: number, status: number): number[] {
  const bytes = Buffer.alloc(logLength(file) - from);
  const log = openSync(file, 'r');
  readSync(log, bytes, 0, bytes.length, from);
  closeSync(log);
  const lines = bytes.toString('latin1').matchAll(new RegExp(`"status":${status},[^\\n]*?"ms":([\\d.]+)`, 'g'));
  return [...lines].map(([, duration]) => Number(duration));
}
