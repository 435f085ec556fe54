/** How long it takes from one turn of a class to its next, while it has something waiting; in milliseconds. */
export interface TurnTimes {
  /** By the last turns of that class. */
  expected(name: string): number;
  /** It has something waiting, and had nothing before. */
  begin(name: string): void;
  /** It had a turn. */
  count(name: string): void;
  /** Some work has ended, after so long. */
  worked(ms: number): void;
  /** Some work begins for which nothing had to wait. */
  idle(): void;
}

interface TurnTimesOptions {
  /** How many pieces of work run at once. */
  readonly concurrency: number;
  /** How many each class has in a row; one without it. */
  readonly turns: Readonly<Record<string, number>>;
  /** What was longer ago says nothing: a database that was slow may be quick again. */
  readonly forgetMs: number;
}

interface ClassTime {
  since: number;
  /** Undefined before the first turn. */
  meanMs: number | undefined;
}

/** How many of the last turns, and of the last pieces of work, count. */
const remembered = 16;

/**
 * Before a class had turns it counts as one whose turns are few because all others want theirs: whoever is let in by that
 * has a turn, whatever comes after.
 */
export function createTurnTimes({ concurrency, turns, forgetMs }: TurnTimesOptions): TurnTimes {
  const classes = new Map<string, ClassTime>();
  const allTurns = Object.values(turns).reduce((sum, count) => sum + count, 1);
  /** Of one piece of work; 0 before the first. */
  let workMs = 0;
  let lastEnd = 0;

  const expected = (name: string): number =>
    classes.get(name)?.meanMs ?? ((workMs / concurrency) * allTurns) / (turns[name] ?? 1);

  return {
    expected,
    begin(name) {
      const now = performance.now();
      const time = classes.get(name);
      if (time === undefined || now - time.since > forgetMs) classes.set(name, { since: now, meanMs: undefined });
      else time.since = now;
    },
    count(name) {
      const time = classes.get(name);
      if (time === undefined) return;
      const now = performance.now();
      const meanMs = expected(name);
      time.meanMs = meanMs + (now - time.since - meanMs) / remembered;
      time.since = now;
    },
    worked(ms) {
      lastEnd = performance.now();
      // The first counts whole: a sixteenth of it would let in sixteen times as many at the beginning of a flood.
      workMs += workMs === 0 ? ms : (ms - workMs) / remembered;
    },
    idle() {
      if (performance.now() - lastEnd > forgetMs) workMs = 0;
    },
  };
}
