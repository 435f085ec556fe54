/** An answer of the user service that is older may lack a session that has ended since. */
const freshMs = 10_000;

/**
 * Whether it has been known all the time, for so long, which sessions ended: to be asked every few seconds. Until then a token
 * of a deleted account may still make tasks, for a quarter of an hour if the user service went away right after the deletion.
 */
export function createDepartureCheck(
  endedAgeMs: () => number,
  forMs: number,
  now: () => number = () => performance.now(),
): () => boolean {
  let since: number | undefined;
  return () => {
    since = endedAgeMs() < freshMs ? (since ?? now()) : undefined;
    return since !== undefined && now() - since >= forMs;
  };
}
