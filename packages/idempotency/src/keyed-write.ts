import { createHash, createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { canonicalJson } from './canonical-json.ts';

/** A write that was sent with an `Idempotency-Key`. */
export interface KeyedWrite {
  /** Whose key it is; 0 for the service's, where callers have no account yet. */
  readonly callerId: bigint;
  /** SHA-256 of caller and key. The key itself is kept nowhere, so that it salts the fingerprint. */
  readonly keyHash: Buffer;
  /** The same for requests that mean the same. */
  readonly fingerprint: Buffer;
  readonly lifetimeHours: number;
  /** Of this request: a problem that is kept names it. */
  readonly requestId: string;
}

export interface KeyRules {
  /** How long an answer is kept. */
  readonly lifetimeHours: number;
  /** For fingerprints of bodies that hold passwords: without it nobody can try passwords on a fingerprint. */
  readonly secret?: Uint8Array | undefined;
}

/** The write that a request asks for. Its body is taken as sent: call it before anything is changed in it. */
export function toKeyedWrite(request: FastifyRequest, key: string, rules: KeyRules): KeyedWrite {
  const callerId = request.caller?.userId ?? 0n;
  const [path = '', query = ''] = request.url.split(/\?(.*)/s, 2);
  const meaning = [
    request.method,
    path.replace(/\/$/, ''),
    query,
    request.headers['if-match'] ?? '',
    canonicalJson(request.body === undefined ? {} : request.body),
  ];
  return {
    callerId,
    keyHash: createHash('sha256').update(`${callerId} ${key}`).digest(),
    fingerprint: createHmac('sha256', rules.secret ?? '')
      .update([key, ...meaning].join('\n'))
      .digest(),
    lifetimeHours: rules.lifetimeHours,
    requestId: request.id,
  };
}
