import { EndedSessions, endedSessionsPath, jwksPath } from '@tasktracker/contracts';
import { InvalidToken, ServiceUnavailable } from '@tasktracker/errors';
import { connecting } from '@tasktracker/service-client';
import { repeat, type Repetition } from '@tasktracker/service-kit';
import type { FastifyBaseLogger } from 'fastify';
import { Type } from 'typebox';
import { Agent } from 'undici';
import { createPolledDocument } from './polled-document.ts';
import { toPublicKeys } from './public-keys.ts';
import type { TokenKeys } from './token-keys.ts';

export interface RemoteKeysOptions {
  /** From a verifier's configuration: the user service, and the URL of either of its two lists if that is elsewhere. */
  readonly source: {
    readonly userServiceUrl: string;
    readonly jwksUrl?: string | undefined;
    readonly endedSessionsUrl?: string | undefined;
  };
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
  /** Default 3 s: an ended session counts everywhere within 10 s, one lost answer included. */
  readonly pollIntervalMs?: number;
  /** Default 2 s. */
  readonly timeoutMs?: number;
  /** Default 10 s: the least time between two questions caused by tokens with unknown key ids, all together. */
  readonly unknownKeyCooldownMs?: number;
  /**
   * Default 30 s, half the time that a key is published before it signs: to a younger answer an unknown key is false.
   */
  readonly conclusiveForMs?: number;
}

export interface RemoteKeys extends TokenKeys {
  /** Begins to poll; the first answers may still be under way when it returns. */
  start(): void;
  close(): Promise<void>;
}

/** Anything with keys; whether each is usable is checked later. */
const Keys = Type.Object({ keys: Type.Array(Type.Unknown()) });
/** Until the first answers: all services start at once, and the first calls come as soon as all are ready. */
const firstAnswersIntervalMs = 250;
const largestAnswerBytes = 16 * 1024 * 1024;

/** The user service's keys and ended sessions, polled; while it is down the last answers apply. */
export function createRemoteKeys(options: RemoteKeysOptions): RemoteKeys {
  const { log, source, pollIntervalMs = 3_000, timeoutMs = 2_000 } = options;
  const { unknownKeyCooldownMs = 10_000, conclusiveForMs = 30_000 } = options;
  const { jwksUrl = source.userServiceUrl + jwksPath } = source;
  const { endedSessionsUrl = source.userServiceUrl + endedSessionsPath } = source;
  const dispatcher = new Agent({
    connections: 2,
    connect: { ...connecting, timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: largestAnswerBytes,
  });
  const shared = { dispatcher, timeoutMs, log };
  const keys = createPolledDocument({ ...shared, url: jwksUrl, schema: Keys, toValue: usableKeys });
  const ended = createPolledDocument({
    ...shared,
    url: endedSessionsUrl,
    schema: EndedSessions,
    toValue: ({ sessions }) => new Set(sessions.map(({ sid }) => sid)),
  });
  const retryAfterSeconds = Math.ceil(pollIntervalMs / 1_000);
  const isComplete = (): boolean => keys.value !== undefined && ended.value !== undefined;
  const poll = async (): Promise<void> => void (await Promise.all([keys.refresh(), ended.refresh()]));
  const pauseMs = (): number => (isComplete() ? pollIntervalMs : Math.min(pollIntervalMs, firstAnswersIntervalMs));
  let polling: Repetition | undefined;
  let askedForUnknownAt = -Infinity;

  async function askForUnknown(): Promise<void> {
    if (performance.now() - askedForUnknownAt >= unknownKeyCooldownMs) {
      askedForUnknownAt = performance.now();
      await keys.refresh();
    } else {
      await keys.pending;
    }
  }

  return {
    start() {
      polling = repeat({ work: poll, firstInMs: 0, pauseMs });
    },
    async close() {
      const polled = polling?.stop();
      await dispatcher.destroy();
      await polled;
    },
    async publicKey(kid) {
      // The first caller doesn't wait for the next round, nor for a question asked before it came: the user service
      // may have started since.
      if (!isComplete()) await Promise.all([keys.pending, ended.pending]);
      if (!isComplete()) await poll();
      if (!isComplete()) throw new ServiceUnavailable(retryAfterSeconds);
      const known = keys.value?.get(kid);
      if (known !== undefined) return known;
      await askForUnknown();
      const found = keys.value?.get(kid);
      if (found !== undefined) return found;
      if (keys.age() > conclusiveForMs) throw new ServiceUnavailable(retryAfterSeconds);
      throw new InvalidToken();
    },
    isEnded: (sessionId) => ended.value?.has(sessionId) ?? false,
  };
}

/** A set of keys of which none is usable is a fault of the source. */
function usableKeys({ keys }: { keys: unknown[] }): ReadonlyMap<string, string> {
  const usable = toPublicKeys(keys);
  if (usable.size === 0) throw new Error('published no usable key');
  return usable;
}
