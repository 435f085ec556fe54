import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterAll, expect, it } from 'vitest';
import { boundaryRules, cruisedFolders, cruiseOptions } from '../src/boundary-rules.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tasktracker-boundaries-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** For each rule, what breaks it: a file, and what it imports. */
const violations: Record<string, readonly [from: string, to: string]> = {
  'package-not-to-app': ['packages/kit/src/kit.ts', '../../../apps/one/src/app.ts'],
  'app-not-to-app': ['apps/one/src/app.ts', '../../two/src/app.ts'],
  'app-not-to-tooling': ['apps/two/src/app.ts', '../../../cluster-tests/src/pods.ts'],
  'black-box': ['e2e/src/journey.ts', '../../apps/one/src/app.ts'],
  'chart-knows-the-list-alone': ['helm/src/readme.ts', '../../apps/one/src/app.ts'],
  'faults-from-outside': ['faults/src/client.ts', '../../apps/one/src/app.ts'],
  'routes-not-to-repository': ['apps/one/src/things/thing-routes.ts', './thing-repository.ts'],
  'repository-not-upwards': ['apps/one/src/things/thing-repository.ts', './thing-service.ts'],
  'service-not-to-routes': ['apps/one/src/things/thing-service.ts', './thing-operations.ts'],
  'domain-to-nothing': ['apps/one/src/things/thing.ts', '../clock.ts'],
  'only-repositories-speak-to-postgres': ['apps/three/src/app.ts', './generated/client.ts'],
  'typebox-by-schema-alone': ['packages/kit/src/schemas.ts', 'typebox'],
  'no-cycle': ['apps/two/src/one-half.ts', './other-half.ts'],
  'no-test-code-in-product': ['apps/two/src/product.ts', '../test/helper.ts'],
  'no-dev-dependency-in-product': ['apps/two/src/built.ts', 'built-with'],
  'not-resolvable': ['tools/src/lost.ts', './nowhere.ts'],
  'user-passwords': ['apps/user/src/passwords/hasher.ts', '../accounts/names.ts'],
  'user-attempts': ['apps/user/src/attempts/limit.ts', '../accounts/names.ts'],
  'user-keys': ['apps/user/src/keys/ring.ts', '../accounts/names.ts'],
  'user-accounts': ['apps/user/src/accounts/names.ts', '../deps.ts'],
  'user-tokens': ['apps/user/src/tokens/signing.ts', '../accounts/names.ts'],
  'user-sessions': ['apps/user/src/sessions/refresh.ts', '../profile/changes.ts'],
  'user-profile': ['apps/user/src/profile/changes.ts', '../tokens/signing.ts'],
  'user-service-clients': ['apps/user/src/service-clients/secrets.ts', '../accounts/names.ts'],
  'user-inspection': ['apps/user/src/inspection/introspection.ts', '../passwords/hasher.ts'],
  'package-config': ['packages/config/src/config.ts', '../../kit/src/kit.ts'],
};

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

for (const empty of [
  'apps/one/src/clock',
  'apps/three/src/generated/client',
  'apps/two/test/helper',
  'apps/user/src/deps',
  'cluster-tests/src/pods',
]) {
  write(`${empty}.ts`, 'export const it = 1;\n');
}
write('apps/one/src/things/thing-operations.ts', 'export const it = 1;\n');
write('apps/two/src/other-half.ts', "import './one-half.ts';\n");
write('apps/two/package.json', JSON.stringify({ name: 'two', devDependencies: { 'built-with': '1.0.0' } }));
for (const name of ['built-with', 'typebox']) {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
  write(`node_modules/${name}/index.js`, 'module.exports = 1;\n');
}
for (const [from, to] of Object.values(violations)) write(from, `import '${to}';\n`);

const folders = ['apps', 'packages', 'e2e', 'helm', 'cluster-tests', 'faults', 'tools'];
const { output } = await cruise(folders, { ...cruiseOptions, baseDir: folder, ruleSet: boundaryRules, validate: true });
if (typeof output === 'string') throw new Error('expected the result as an object');
const broken = output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);

it.each(Object.entries(violations))('%s is reported when it is broken', (rule, [from]) => {
  expect(broken).toContain(`${rule}: ${from}`);
});

it('has a violation here for every rule', () => {
  const packageRules = /^package-(?!not-to-app$)/;
  const names = (boundaryRules.forbidden ?? []).flatMap(({ name }) => name ?? []);
  expect(names.filter((name) => !packageRules.test(name) && !(name in violations))).toEqual([]);
});

it('names every package, and reads every folder of code', () => {
  const names = (boundaryRules.forbidden ?? []).map(({ name }) => name);
  const packages = readdirSync(join(root, 'packages'));
  expect(names).toEqual(expect.arrayContaining(packages.map((name) => `package-${name}`)));
  // `profiles` is what `npm run profile` leaves.
  const notCode = new Set(['docs', 'k8s', 'node_modules', 'profiles']);
  const found = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !notCode.has(entry.name))
    .map(({ name }) => name);
  expect(found.toSorted()).toEqual([...cruisedFolders].toSorted());
});
