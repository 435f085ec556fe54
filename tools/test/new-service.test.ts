import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyTree, type TreeCopy } from './tree-copy.ts';

// Two services are made in a copy of the tree, and the copy must be green with them.
let copy: TreeCopy;
const bin = (name: string): string => `node_modules/.bin/${name}`;
const expectGreen = (...args: string[]): void => copy.node(...args);
/** In one run where they can be: most of these suites take less than a start of Vitest. */
const expectTests = (...args: string[]): void =>
  copy.node('node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', ...args);
const suites = ['--config', 'tools/test/new-service.config.ts'];

beforeAll(() => {
  copy = copyTree();
  copy.node('tools/src/new-service.ts', 'tag'); // a name that much of the code uses as well
  copy.node('tools/src/new-service.ts', 'notes', '--database');
}, 300_000);

afterAll(() => copy.remove());

describe('a service that `npm run new-service` made, with a database and without one,', () => {
  it('is formatted', () => {
    expectGreen(bin('oxfmt'), '--check', '.');
  });

  it('is typed, and so is everything that reads the list', { timeout: 300_000 }, () => {
    expectGreen(bin('tsc'), '-p', '.', '--checkers', '1');
  });

  it('has nothing for lint to find', { timeout: 300_000 }, () => {
    expectGreen(bin('oxlint'), '--deny-warnings', 'apps/tag', 'apps/notes', 'packages/contracts', 'e2e/src');
  });

  it('keeps the boundaries, and leaves nothing unused', { timeout: 300_000 }, () => {
    expectGreen('tools/src/check-boundaries.ts');
    expectGreen(bin('knip'));
  });

  it('passes its own tests, and is in every place that follows from the list', { timeout: 300_000 }, () => {
    const slow = ['boundary-rules', 'bundle-app', 'command-lines', 'image-sizes', 'new-service', 'restart-on-change'];
    expectTests(
      ...suites,
      'apps/tag',
      'apps/notes',
      'packages/contracts',
      'packages/api-client',
      'tools/',
      'helm/test/values.test.ts',
      'helm/test/surroundings.test.ts',
      ...slow.flatMap((name) => ['--exclude', `test/${name}.test.ts`]),
    );
  });

  it('is in the documents of the gateway and in the chart', { timeout: 300_000 }, () => {
    const files = ['apps/gateway/test/system.int.test.ts', 'helm/test/chart.test.ts'];
    expectTests(...suites, ...files, '-t', 'OpenAPI|golden|calls');
  });

  it('starts with the others, migrates, and answers callers through the gateway', { timeout: 300_000 }, () => {
    expectTests(
      '--root',
      'e2e',
      '--project',
      'journeys',
      'service-information',
      'bearer-authentication',
      'api-document',
    );
  });
});

it.each([
  ['tag', 'There is a service "tag" already.'],
  ['--databse', "Unknown option '--databse'."],
])('%s is refused with a message, before anything is written', (argument, words) => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/src/new-service.ts', argument], {
    cwd: copy.folder,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
});
