import { hash } from 'node:crypto';

// Two numbers of 8 bytes each, and a checksum of 8 over both and the scope; 24 bytes need no base64 padding.
const checksumAt = 16;
const length = 24;

/** Two numbers as an opaque text that is good for one scope and for no other. */
export function sealCursor([first, second]: readonly [bigint, bigint], scope: readonly unknown[]): string {
  const bytes = Buffer.alloc(length);
  bytes.writeBigInt64BE(first, 0);
  bytes.writeBigInt64BE(second, 8);
  checksum(bytes, scope).copy(bytes, checksumAt);
  return bytes.toString('base64url');
}

/**
 * The numbers of a text that `sealCursor` made for this scope; undefined for any other text. The checksum has no secret:
 * whoever forges one gets another place in what is their own.
 */
export function openCursor(cursor: string, scope: readonly unknown[]): [bigint, bigint] | undefined {
  if (!/^[A-Za-z0-9_-]{32}$/.test(cursor)) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  if (!checksum(bytes, scope).equals(bytes.subarray(checksumAt))) return undefined;
  return [bytes.readBigInt64BE(0), bytes.readBigInt64BE(8)];
}

function checksum(bytes: Buffer, scope: readonly unknown[]): Buffer {
  const text = JSON.stringify([bytes.toString('hex', 0, checksumAt), ...scope]);
  return hash('sha256', text, 'buffer').subarray(0, length - checksumAt);
}
