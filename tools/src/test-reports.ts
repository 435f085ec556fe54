import { stripVTControlCharacters } from 'node:util';

/** A test of a project that did not pass, from vitest's JSON report. */
export interface ReportedTest {
  /** The project's folder. */
  readonly project: string;
  readonly file: string;
  readonly name: string;
  readonly status: string;
  /** What it needs to run, as its `meta.needs` says. */
  readonly needs: string | undefined;
  /** Why it failed, with stacks. */
  readonly messages: readonly string[];
}

/** How many lines of a failure are repeated at the end: the rest is in the project's own output. */
const linesOfFailure = 25;

/** The tests of a project that were skipped. */
export function skippedTestsOf(report: unknown, project: string): ReportedTest[] {
  return testsOf(report, project).filter(({ status }) => ['skipped', 'pending', 'todo'].includes(status));
}

/** The tests of a project that failed, and the files that failed as a whole. */
export function failedTestsOf(report: unknown, project: string): ReportedTest[] {
  const files = listOf(report, 'testResults')
    .filter((file) => textOf(file, 'status') === 'failed' && (textOf(file, 'message') ?? '') !== '')
    .map((file) => ({
      project,
      file: textOf(file, 'name') ?? '',
      name: 'the file as a whole',
      status: 'failed',
      needs: undefined,
      messages: [textOf(file, 'message') ?? ''],
    }));
  return [...files, ...testsOf(report, project).filter(({ status }) => status === 'failed')];
}

/** How many were skipped and why: a line for each reason, or for the tests of a project that give none. */
export function describeSkipped(tests: readonly ReportedTest[]): string[] {
  const groups = Map.groupBy(tests, ({ project, needs }) =>
    needs === undefined ? `${project}: ` : `${project}: needs ${needs}`,
  );
  return [...groups].map(([words, group]) => {
    const reason = words.endsWith(': ') ? `${words}${group.map(({ name }) => name).join('; ')}` : words;
    return `${group.length} skipped in ${reason}`;
  });
}

/** Each failed test with where it is and how it failed: the end of a long run is what people, and CI, look at. */
export function describeFailed(tests: readonly ReportedTest[]): string[] {
  return tests.flatMap(({ project, file, name, messages }) => {
    const lines = stripVTControlCharacters(messages.join('\n')).trimEnd().split('\n');
    const left = lines.length - linesOfFailure;
    return [
      `failed in ${project}: ${name}`,
      `  ${file}`,
      ...lines.slice(0, linesOfFailure).map((line) => `  ${line}`),
      ...(left > 0 ? [`  (${left} more lines above)`] : []),
      '',
    ];
  });
}

function testsOf(report: unknown, project: string): ReportedTest[] {
  return listOf(report, 'testResults').flatMap((file) =>
    listOf(file, 'assertionResults').map((test) => ({
      project,
      file: textOf(file, 'name') ?? '',
      name: textOf(test, 'fullName') ?? '',
      status: textOf(test, 'status') ?? '',
      needs: textOf(propertyOf(test, 'meta'), 'needs'),
      messages: listOf(test, 'failureMessages').filter((message) => typeof message === 'string'),
    })),
  );
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
