import type { FastifyBaseLogger } from 'fastify';
import { Type } from '@tasktracker/schema';
import type { Agent } from 'undici';
import { getJson } from './get-json.ts';
import { createPolledSource, type PolledSource } from './polled-source.ts';
import { toPublicKeys } from './public-keys.ts';

/** The published keys; the last good answer stays in use. */
export interface PolledKeys {
  readonly source: PolledSource;
  /** As SPKI PEM. */
  find(kid: string): string | undefined;
}

export interface PollingOptions {
  readonly url: string;
  readonly dispatcher: Agent;
  /** Bounds one request. */
  readonly timeoutMs: number;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/** Anything with keys; whether each is usable is checked later. */
const Keys = Type.Object({ keys: Type.Array(Type.Unknown()) });

export function createPolledKeys(options: PollingOptions): PolledKeys {
  let keys: ReadonlyMap<string, string> = new Map();
  let etag: string | undefined;
  const source = createPolledSource({
    ...options,
    async ask() {
      const answer = await getJson({ ...options, schema: Keys, etag });
      if (!answer) return;
      const usable = toPublicKeys(answer.document.keys);
      // A set of keys of which none is usable is a fault of the source.
      if (usable.size === 0) throw new Error('published no usable key');
      [keys, etag] = [usable, answer.etag];
    },
  });
  return { source, find: (kid) => keys.get(kid) };
}
