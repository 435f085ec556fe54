import { setTimeout as delay } from 'node:timers/promises';

const pollIntervalMs = 250;

/** What one look at a condition found: its value once it is met, else a description of the state. */
export type Look<T> = { readonly met: true; readonly value: T } | { readonly met: false; readonly state: string };

export function met(): Look<undefined>;
export function met<T>(value: T): Look<T>;
export function met(value?: unknown): Look<unknown> {
  return { met: true, value };
}

export function unmet(state: string): Look<never> {
  return { met: false, state };
}

/**
 * Looks again until the condition is met. After the deadline it throws with what it waited for and the last state seen;
 * a look that throws counts as not met, because the API may be away for a moment.
 */
export async function eventually<T>(what: string, withinMs: number, look: () => Promise<Look<T>>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look().catch((error: unknown): Look<T> => unmet(String(error)));
    if (found.met) return found.value;
    if (performance.now() > deadline) {
      throw new Error(`after ${Math.round(withinMs / 1000)} s still waiting for ${what}: ${found.state}`);
    }
    await delay(pollIntervalMs);
  }
}
