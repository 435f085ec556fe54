/** How many tries a window takes, and what comes after that. */
export interface AttemptLimit {
  /** 0: no limit. */
  readonly most: number;
  readonly windowMs: number;
  /** After `most`, the first further try is possible so long after the last one, and each next wait is twice as long. Without it: none in the window. */
  readonly firstWaitMs?: number;
}

/** When the next try is possible, after tries at these times (ascending): `now` or earlier if it is at once. In milliseconds. */
export function nextTryAt(times: readonly number[], limit: AttemptLimit, now: number): number {
  const { most, windowMs } = limit;
  if (most === 0) return now;
  const recent = times.filter((time) => time > now - windowMs);
  for (const [index, oldest] of recent.entries()) {
    const since = index === 0 ? now : (recent[index - 1] ?? 0) + windowMs;
    const inWindow = recent.length - index;
    if (inWindow < most) return since;
    const allowed = Math.max(since, (recent.at(-1) ?? 0) + waitAfter(inWindow - most, limit));
    if (allowed < oldest + windowMs) return allowed;
  }
  return recent.length === 0 ? now : (recent.at(-1) ?? 0) + windowMs;
}

/** The times with one more, none of them longer ago than any limit asks for. */
export function withTry(times: readonly number[], time: number, windowMs: number): number[] {
  return [...times.filter((earlier) => earlier > time - windowMs), time];
}

function waitAfter(surplus: number, { windowMs, firstWaitMs }: AttemptLimit): number {
  return firstWaitMs === undefined ? windowMs : Math.min(windowMs, firstWaitMs * 2 ** surplus);
}
