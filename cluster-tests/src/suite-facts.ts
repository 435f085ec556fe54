/** What the run prepared before the first scenario; every test file gets it. */
export interface SuiteFacts {
  readonly context: string;
  readonly run: string;
  /** A file that knows the context under test alone. */
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly images: TestImages;
}

/** Images of one repository prefix, told apart by their tags. */
export interface TestImages {
  readonly registry: string;
  readonly tag: string;
  /** The same program in a changed image. */
  readonly nextTag: string;
  /** The task service alone, with a migration that fails. */
  readonly brokenMigrationTag: string;
  /** The task service alone, with that migration corrected. */
  readonly mendedMigrationTag: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    suite: SuiteFacts;
  }
}
