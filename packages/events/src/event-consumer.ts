import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Repetition } from '@tasktracker/service-kit';
import { createRound, EventFailed, type RoundOptions } from './event-round.ts';
import type { Inbox } from './inbox.ts';

interface ConsumerOptions<Tx extends { readonly inbox: Inbox }> extends RoundOptions<Tx> {
  readonly log: RoundOptions<Tx>['log'] & {
    info(facts: object, message: string): void;
    warn(facts: object, message: string): void;
  };
  /** How long to wait after so many failures in a row. */
  readonly pauseMs?: (failures: number) => number;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Twice as long each time, and random, so that many don't come together. */
function usualPauseMs(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

/**
 * Handles the events of a source in their order, from where it was left, until stopped. Of several processes one does. `stop`
 * resolves when the transaction that is under way has ended.
 */
export function startConsuming<Tx extends { readonly inbox: Inbox }>(options: ConsumerOptions<Tx>): Repetition {
  const { source, store, log, pauseMs = usualPauseMs } = options;
  const leader = randomUUID();
  const stopping = new AbortController();
  const { signal } = stopping;
  const round = createRound(options, { leader, signal });
  const facts = { source: source.name };
  let failures = 0;

  /** Gives how long to wait before the next. */
  async function roundOrPause(): Promise<number> {
    try {
      const waitMs = await round();
      if (failures > 0) log.info(facts, 'events are handled again');
      failures = 0;
      return waitMs;
    } catch (error) {
      if (signal.aborted) return 0;
      const isFirst = failures === 0;
      failures = error instanceof EventFailed ? error.failures : failures + 1;
      const cause = error instanceof EventFailed ? error.cause : error;
      if (isFirst) log.warn({ ...facts, err: cause }, 'events could not be handled; they will be tried again');
      return pauseMs(failures);
    }
  }

  async function consume(): Promise<void> {
    while (!signal.aborted) await delay(await roundOrPause(), undefined, { signal }).catch(() => undefined);
    await store.inbox.release(source.name, leader).catch(() => undefined); // else its time runs out
  }

  const consuming = consume();
  return {
    stop() {
      stopping.abort();
      return consuming;
    },
  };
}
