import type { Focus } from '../clients/habits.ts';

/** A text of a source file and what takes its place. */
export interface Patch {
  /** From the repository's root. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A bug put in on purpose: what the checkers must catch before their silence means anything. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** Run by the owner of a service's migrated database. */
  readonly sql?: Readonly<Record<string, string>>;
  /** Which checkers may be the first to tell. */
  readonly caughtBy: readonly string[];
  /** What clients mostly do; some of everything by default. */
  readonly focus?: Focus;
  /** Kinds of faults that bring it out, in turn; all kinds by default. */
  readonly faults?: readonly string[];
  /** What they hit; anything by default. */
  readonly targets?: readonly string[];
}

/** @throws Error where the text is not there, or more than once: the mutant has to follow the code. */
export function applyPatch(source: string, { file, find, replace }: Patch): string {
  const parts = source.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new Error(`${file} has ${parts.length - 1} times, not once, what a mutant replaces:\n${find}`);
}
