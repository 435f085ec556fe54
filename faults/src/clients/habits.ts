export type Action = 'create' | 'contest' | 'edit' | 'complete' | 'delete' | 'read' | 'list' | 'stats' | 'statistics';

/** What clients do, how often and how carefully. */
export interface Habits {
  /** Relative to each other. */
  readonly weights: readonly (readonly [Action, number])[];
  /** The share of writes under a key. */
  readonly keyed: number;
  /** How often such a write is sent at once, from and to; few times more often than many. */
  readonly copies: readonly [number, number];
  /** The share of edits under `If-Match`. */
  readonly ifMatch: number;
  /** After about this many edits of a task, another takes its place. */
  readonly editsOfEach: number;
  /** Each client begins and ends a session this seldom, because hashing passwords is dear; 0: never. */
  readonly sessionEveryMs: number;
}

const few = [
  ['complete', 12],
  ['delete', 8],
  ['read', 14],
  ['list', 4],
  ['stats', 3],
  ['statistics', 3],
] as const;

/** Some of everything, or mostly what one promise is about. */
export const habitsOf = {
  all: {
    weights: [['create', 26], ['contest', 1], ['edit', 30], ...few],
    keyed: 0.4,
    copies: [1, 3],
    ifMatch: 0.4,
    editsOfEach: 24,
    sessionEveryMs: 4_000,
  },
  keys: {
    weights: [['create', 300], ['edit', 30], ...few],
    keyed: 1,
    copies: [2, 8],
    ifMatch: 0.4,
    editsOfEach: 24,
    sessionEveryMs: 0,
  },
  edits: {
    weights: [['contest', 160], ['edit', 40], ...few],
    keyed: 0.1,
    copies: [1, 2],
    ifMatch: 0.8,
    editsOfEach: 10,
    sessionEveryMs: 0,
  },
} as const satisfies Record<string, Habits>;

export type Focus = keyof typeof habitsOf;

export function isFocus(text: string): text is Focus {
  return text in habitsOf;
}
