import { setTimeout as delay } from 'node:timers/promises';
import { endedSessionsPath, jwksPath } from '@tasktracker/contracts';
import { InvalidToken, ServiceUnavailable } from '@tasktracker/errors';
import { Agent, connecting } from '@tasktracker/service-client';
import { repeat, type Repetition } from '@tasktracker/service-kit';
import type { FastifyBaseLogger } from 'fastify';
import { createPolledEndedSessions } from './polled-ended-sessions.ts';
import { createPolledKeys } from './polled-keys.ts';
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
  /** Default 10 s: how long a start waits for the first answers. */
  readonly firstAnswersMs?: number;
  /** Default 2,000,000, which take 50 MB: how many ended sessions are kept at most. */
  readonly endedSessionsKept?: number;
}

export interface RemoteKeys extends TokenKeys {
  /**
   * Begins to poll. Resolves with the first answers, or after a while without: a process that takes calls before can't
   * judge them (on a node short of CPU, pods of an upgrade answered their first calls with 503).
   */
  start(): Promise<void>;
  /** Milliseconds since it was known of all sessions whether they had ended; Infinity while there is more to read. */
  endedAgeMs(): number;
  close(): Promise<void>;
}

/**
 * Until the first answers: all services start at once, and the first calls come as soon as all are ready. And while
 * there is more to read than one poll has time for.
 */
const hurriedIntervalMs = 250;
const largestAnswerBytes = 16 * 1024 * 1024;

async function atMost(ms: number, awaited: Promise<void>): Promise<void> {
  const waiting = new AbortController();
  await Promise.race([awaited, delay(ms, undefined, { signal: waiting.signal })]);
  waiting.abort();
}

/** The user service's keys and what ended, polled; while it is down the last answers apply. */
export function createRemoteKeys(options: RemoteKeysOptions): RemoteKeys {
  const { log, source, pollIntervalMs = 3_000, timeoutMs = 2_000, firstAnswersMs = 10_000 } = options;
  const { unknownKeyCooldownMs = 10_000, conclusiveForMs = 30_000, endedSessionsKept = 2_000_000 } = options;
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
  const keys = createPolledKeys({ ...shared, url: jwksUrl });
  const ended = createPolledEndedSessions({ ...shared, url: endedSessionsUrl, capacity: endedSessionsKept });
  const retryAfterSeconds = Math.ceil(pollIntervalMs / 1_000);
  const isComplete = (): boolean => keys.source.hasAnswered && ended.isComplete;
  const poll = async (): Promise<void> => void (await Promise.all([keys.source.refresh(), ended.source.refresh()]));
  const pauseMs = (): number =>
    isComplete() && !ended.isBehind ? pollIntervalMs : Math.min(pollIntervalMs, hurriedIntervalMs);
  let polling: Repetition | undefined;
  let askedForUnknownAt = -Infinity;

  async function askForUnknown(): Promise<void> {
    if (performance.now() - askedForUnknownAt >= unknownKeyCooldownMs) {
      askedForUnknownAt = performance.now();
      await keys.source.refresh();
    } else {
      await keys.source.pending;
    }
  }

  return {
    async start() {
      const first = Promise.withResolvers<void>();
      const work = (): Promise<void> => poll().then(() => (isComplete() ? first.resolve() : undefined));
      polling = repeat({ work, firstInMs: 0, pauseMs });
      await atMost(firstAnswersMs, first.promise);
    },
    endedAgeMs: () => (ended.isBehind ? Number.POSITIVE_INFINITY : ended.source.age()),
    async close() {
      const polled = polling?.stop();
      await dispatcher.destroy();
      await polled;
    },
    async publicKey(kid) {
      // The first caller doesn't wait for the next round, nor for a question asked before it came: the user service
      // may have started since.
      if (!isComplete()) await Promise.all([keys.source.pending, ended.source.pending]);
      if (!isComplete()) await poll();
      if (!isComplete()) throw new ServiceUnavailable(retryAfterSeconds);
      const known = keys.find(kid);
      if (known !== undefined) return known;
      await askForUnknown();
      const found = keys.find(kid);
      if (found !== undefined) return found;
      if (keys.source.age() > conclusiveForMs) throw new ServiceUnavailable(retryAfterSeconds);
      throw new InvalidToken();
    },
    isEnded: (sessionId, expiresAt) => ended.refuses(sessionId, expiresAt),
  };
}
