export interface SkippedTest {
  /** The project's folder. */
  readonly project: string;
  readonly name: string;
  /** What it needs to run, as its `meta.needs` says. */
  readonly needs: string | undefined;
}

/** The skipped tests of a project, from vitest's JSON report. */
export function skippedTestsOf(report: unknown, project: string): SkippedTest[] {
  return listOf(report, 'testResults')
    .flatMap((file) => listOf(file, 'assertionResults'))
    .filter((test) => ['skipped', 'pending', 'todo'].includes(textOf(test, 'status') ?? ''))
    .map((test) => ({
      project,
      name: textOf(test, 'fullName') ?? '',
      needs: textOf(propertyOf(test, 'meta'), 'needs'),
    }));
}

/** How many were skipped and why: a line for each reason, or for the tests of a project that give none. */
export function describeSkipped(tests: readonly SkippedTest[]): string[] {
  const groups = Map.groupBy(tests, ({ project, needs }) =>
    needs === undefined ? `${project}: ` : `${project}: needs ${needs}`,
  );
  return [...groups].map(([words, group]) => {
    const reason = words.endsWith(': ') ? `${words}${group.map(({ name }) => name).join('; ')}` : words;
    return `${group.length} skipped in ${reason}`;
  });
}

function listOf(value: unknown, key: string): unknown[] {
  const list = propertyOf(value, key);
  return Array.isArray(list) ? list : [];
}

function textOf(value: unknown, key: string): string | undefined {
  const text = propertyOf(value, key);
  return typeof text === 'string' ? text : undefined;
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
