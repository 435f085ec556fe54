import { createEndedSessionReader } from './ended-session-reader.ts';
import { EndedSessionSet } from './ended-session-set.ts';
import type { PollingOptions } from './polled-keys.ts';
import { createPolledSource, type PolledSource } from './polled-source.ts';

/** The sessions that ended before their tokens expire, as far as the user service has said. */
export interface PolledEndedSessions {
  readonly source: PolledSource;
  /** Whether everything that had ended at some poll has been read: before, nothing can be said about a session. */
  readonly isComplete: boolean;
  /** Whether there was more to read at the last poll than it had time for. */
  readonly isBehind: boolean;
  /** Whether a token of this session with this expiry is to be refused. */
  refuses(sessionId: string, expiresAt: number): boolean;
}

interface PolledEndedSessionsOptions extends PollingOptions {
  /** The most that are kept; more makes tokens expire early. */
  readonly capacity: number;
}

/** An ended session counts everywhere within this time, unless the log says that it doesn't. */
const promisedMs = 10_000;

export function createPolledEndedSessions(options: PolledEndedSessionsOptions): PolledEndedSessions {
  const set = new EndedSessionSet({ capacity: options.capacity, nowSeconds });
  const reader = createEndedSessionReader(options, set);
  const noteLateness = createLatenessNote(options);
  const noteGivenUp = createGivenUpNote(options, set);
  let isComplete = false;
  let isBehind = false;

  const source = createPolledSource({
    ...options,
    async ask() {
      set.forgetExpired();
      isBehind = !(await reader.read());
      if (isComplete) noteLateness(isBehind);
      noteGivenUp();
      isComplete ||= !isBehind;
    },
  });
  return {
    source,
    get isComplete() {
      return isComplete;
    },
    get isBehind() {
      return isBehind;
    },
    refuses: (sessionId, expiresAt) => set.refuses(sessionId, expiresAt),
  };
}

/**
 * The time as of the start of the process and what has passed since: a clock that jumps ahead and back must not make us
 * forget a session whose tokens are good again afterwards.
 */
function nowSeconds(): number {
  return (performance.timeOrigin + performance.now()) / 1_000;
}

/** Says once that ended sessions count too late, and once that they are in time again. */
function createLatenessNote({ url, log }: PollingOptions): (isBehind: boolean) => void {
  let behindSince: number | undefined;
  let isLate = false;
  return (isBehind) => {
    if (!isBehind) {
      if (isLate) log.info({ url }, 'ended sessions are known in time again');
      [behindSince, isLate] = [undefined, false];
      return;
    }
    behindSince ??= performance.now();
    if (isLate || performance.now() - behindSince < promisedMs) return;
    isLate = true;
    log.warn({ url }, 'sessions end faster than the list can be read: they count late here');
  };
}

/** Says so when tokens begin to be refused before they expire. */
function createGivenUpNote({ url, log }: PollingOptions, set: EndedSessionSet): () => void {
  let givenUpUntil = 0;
  return () => {
    if (set.givenUpUntil > givenUpUntil && givenUpUntil <= nowSeconds()) {
      log.warn({ url, kept: set.size }, 'more sessions ended than can be kept: tokens are refused before they expire');
    }
    givenUpUntil = set.givenUpUntil;
  };
}
