import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chart } from '../src/readme.ts';
import { hasHelm, needsHelm, tryRender } from './render.ts';

const service = { port: 8004, calls: [] };
const own = { 'app.kubernetes.io/component': 'x' };
const task = (entry: object) => ({ services: { task: entry } });
const secretFile = (name: string) => ({ services: { user: { secretFiles: { [name]: { env: 'X', key: 'x' } } } } });

/** Maps of the values that take any key, because they are Kubernetes' or the operator's own. */
const openMaps = /(Labels|[aA]nnotations|matchLabels|nodeSelector|env|settings|requests|limits|secretFiles|^services)$/;

/** Every map of the values file, with the path to it. */
function closedMaps(value: unknown, path: readonly string[] = []): string[][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => closedMaps(item, [...path, String(index)]));
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, member]) => closedMaps(member, [...path, key]));
  return openMaps.test(path.join('.')) ? inside : [[...path], ...inside];
}

describe.runIf(hasHelm)('values that the chart does not know', needsHelm, () => {
  it('are refused at every level of the file', () => {
    const source = readFileSync(join(chart, 'values.yaml'), 'utf8');
    const paths = closedMaps(parse(source));
    expect(paths.length).toBeGreaterThan(40);
    const values: unknown = parse(source);
    for (const path of paths) {
      let map = values;
      for (const key of path) if (typeof map === 'object' && map !== null) map = Reflect.get(map, key);
      if (typeof map === 'object' && map !== null) Reflect.set(map, 'typpo', 1);
    }
    const { refusal } = tryRender({ values: { ...(typeof values === 'object' ? values : {}) } });
    const silent = paths.filter(
      (path) => !refusal.includes(`at '${path.map((key) => `/${key}`).join('')}': additional`),
    );
    expect(silent).toEqual([]);
  });

  it.each([
    ['a wrong type', { defaults: { replicas: 'two' } }, '/defaults/replicas'],
    ['a word that is not one of the choices', { image: { pullPolicy: 'Sometimes' } }, '/image/pullPolicy'],
    ['a service without a port', { services: { notify: { calls: [] } } }, "missing property 'port'"],
    ['a short digest', { defaults: { image: { digest: 'sha256:12' } } }, '/defaults/image/digest'],
    ['a call to nobody', { services: { task: { calls: ['nobody'] } } }, 'services.task.calls names nobody'],
    ['a second public service', { services: { task: { public: true } } }, 'exactly one service must be public'],
    ['a route to no Gateway', { httpRoute: { enabled: true } }, 'httpRoute.parentRefs must name a Gateway'],
    ['no pods that answer DNS', { networkPolicy: { dns: [] } }, '/networkPolicy/dns'],
    ['DNS peers that were taken away', { networkPolicy: { dns: null } }, "missing property 'dns'"],
    [
      'a grace period shorter than the process takes',
      { defaults: { drain: { closeSeconds: 9 } } },
      '/defaults/drain/closeSeconds',
    ],
    ["a service called like the chart's Postgres", { services: { postgres: service } }, '/services/postgres'],
    ["a service called like the chart's test", { services: { journey: service } }, '/services/journey'],
    ['a service whose roles Postgres keeps for itself', { services: { pg: service } }, '/services/pg'],
    [
      "a secret file called like a database's Secret",
      secretFile('database-app'),
      '/services/user/secretFiles/database-app',
    ],
    [
      "a secret file called like the owner's Secret",
      secretFile('database-migration'),
      '/secretFiles/database-migration',
    ],
    ["a secret file called like an identity's Secret", secretFile('identity'), '/secretFiles/identity'],
    [
      'an identity that nobody gives tokens',
      task({ calls: [], identity: {} }),
      'services.task has an identity, whose tokens come from the user service: add user to services.task.calls',
    ],
    ['a secret file that ends in a hyphen', secretFile('key-'), "invalid propertyName 'key-'"],
    ['a name that no object can have', { nameOverride: 'Tasks' }, '/nameOverride'],
    ['a prefix that no Service can have', { fullnameOverride: '1tasks' }, '/fullnameOverride'],
    ['a prefix that would be cut', { fullnameOverride: 'x'.repeat(29) }, '/fullnameOverride'],
    ["a label of the chart's own on pods", { defaults: { podLabels: own } }, '/defaults/podLabels'],
    ["a label of the chart's own on one service's pods", task({ podLabels: own }), '/services/task/podLabels'],
    ["a label of the chart's own on all", { commonLabels: { 'helm.sh/chart': 'x' } }, '/commonLabels'],
    ["an annotation of Helm's on all", { commonAnnotations: { 'helm.sh/hook': 'test' } }, '/commonAnnotations'],
    [
      'a checksum of their own',
      { defaults: { podAnnotations: { 'checksum/config': 'x' } } },
      '/defaults/podAnnotations',
    ],
    [
      'peers of a database that is not external',
      task({ database: { peers: [{ podSelector: {} }] } }),
      'services.task.database.peers is for an external database',
    ],
    [
      'an external database without its Secrets',
      task({ database: { external: true } }),
      'services.task.database.migration.existingSecret must name the Secret with the URL',
    ],
    [
      'no database at all',
      { postgres: { enabled: false } },
      'database.migration.existingSecret must name the Secret with the URL',
    ],
  ])('such as %s are refused with a message', (_what, values, words) => {
    expect(tryRender({ values }).refusal).toContain(words);
  });
});

describe.runIf(hasHelm)('a release', needsHelm, () => {
  it.each(['1st', 'my.release'])(
    'named %s, which no Service can be named, is refused unless a prefix is given',
    (release) => {
      const { refusal } = tryRender({ release });
      expect(refusal).toContain(`"${release}-tasktracker" can't begin the names of Services`);
      expect(refusal).toContain('fullnameOverride');
      const { text } = tryRender({ release, values: { fullnameOverride: 'tasks' } });
      expect(text).toContain('name: tasks-gateway');
    },
  );
});
