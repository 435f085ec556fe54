import type { FastifyBaseLogger } from 'fastify';
import type { Agent } from 'undici';

/** Something of another service that is asked for again and again; what it answered last stays in use. */
export interface PolledSource {
  /** Whether it has answered well since the start. */
  readonly hasAnswered: boolean;
  /** Milliseconds since the last good answer; Infinity before the first. */
  age(): number;
  /** Asks once; callers in the meantime share the answer. Never throws. */
  refresh(): Promise<void>;
  /** The refresh that is under way, if one is. */
  readonly pending: Promise<void> | undefined;
}

interface PolledSourceOptions {
  readonly url: string;
  /** Asks, and keeps the answer; throws when there is none that can be used. */
  readonly ask: () => Promise<void>;
  readonly dispatcher: Agent;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/** For how long a source, which may still be starting, may be silent before a warning is logged. */
const firstAnswerMs = 30_000;

export function createPolledSource({ url, ask, dispatcher, log }: PolledSourceOptions): PolledSource {
  let answeredAt = -Infinity;
  let pending: Promise<void> | undefined;
  let failing = false;
  const startedAt = performance.now();

  async function attempt(): Promise<void> {
    try {
      await ask();
      answeredAt = performance.now();
      if (failing) log.info({ url }, 'source answers again');
      failing = false;
    } catch (error) {
      if (dispatcher.destroyed) return; // we are closing
      const isFirst = answeredAt === -Infinity;
      if (isFirst && performance.now() - startedAt < firstAnswerMs) return;
      // One line per outage, not one per attempt.
      const standing = isFirst ? 'source has not answered yet' : 'source does not answer; its last answer stands';
      if (!failing) log.warn({ url, err: error }, standing);
      failing = true;
    }
  }

  return {
    get hasAnswered() {
      return answeredAt !== -Infinity;
    },
    get pending() {
      return pending;
    },
    age: () => performance.now() - answeredAt,
    refresh: () =>
      (pending ??= attempt().finally(() => {
        pending = undefined;
      })),
  };
}
