import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gateway, services, type ServiceEntry } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { chart } from '../src/readme.ts';

interface Skaffold {
  build: { artifacts: { image: string; docker: { buildArgs?: { APP: string } } }[] };
  deploy: { helm: { releases: { setValueTemplates: Record<string, string> }[] } };
  profiles: { name: string; patches?: { path: string }[] }[];
}

interface PostgresCluster {
  kind: string;
  metadata: { name: string };
  spec: { bootstrap: { initdb: { database: string; owner: string; postInitApplicationSQL: string[] } } };
}

interface PostgresPolicy {
  kind: string;
  spec: { podSelector: object; ingress: { from: { podSelector: { matchExpressions?: { values: string[] }[] } }[] }[] };
}

const read = (path: string): string => readFileSync(join(chart, '../..', path), 'utf8');

const entries: readonly ServiceEntry[] = services;
const components = [gateway.name, ...entries.map(({ name }) => name)];

describe('skaffold.yaml', () => {
  const { build, deploy, profiles }: Skaffold = parse(read('skaffold.yaml'));

  it('builds an image of the gateway and of each service, and has the chart run just that one', () => {
    const built = build.artifacts.flatMap(({ image, docker }) =>
      docker.buildArgs ? [[image, docker.buildArgs.APP]] : [],
    );
    expect(built).toEqual(components.map((name) => [`tasktracker/${name}`, name]));
    const [release] = deploy.helm.releases;
    const expected = components.flatMap((name) =>
      (['repository', 'tag', 'digest'] as const).map((part) => [
        `services.${name}.image.${part}`,
        `{{.IMAGE_${{ repository: 'REPO', tag: 'TAG', digest: 'DIGEST' }[part]}_tasktracker_${name}}}`,
      ]),
    );
    expect(release?.setValueTemplates).toEqual(Object.fromEntries(expected));
  });

  it("can build each of them with the machine's network", () => {
    const patches = profiles.find(({ name }) => name === 'host-network')?.patches?.map(({ path }) => path);
    expect(patches).toEqual(
      build.artifacts.map(({ image }) => `/build/artifacts/image=${image.replace('/', '~1')}/docker/network`),
    );
  });

  it('patches nothing by its place in a list, which another line would move', () => {
    const paths = profiles.flatMap(({ patches = [] }) => patches.map(({ path }) => path));
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => /\/\d+(\/|$)/.test(path))).toEqual([]);
  });
});

describe('k8s/postgres.yaml', () => {
  const documents = parseAllDocuments(read('k8s/postgres.yaml'));
  const owners = entries.filter(({ database }) => database).map(({ name }) => name);

  it('lets its service and its migration in to each cluster, and nobody connect to a database who need not', () => {
    const policies = documents
      .map((document): PostgresPolicy => document.toJS())
      .filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.map(({ spec }) => spec.podSelector)).toEqual(
      owners.map((name) => ({ matchLabels: { 'cnpg.io/cluster': `tasktracker-${name}-db` } })),
    );
    const admitted = policies.map(({ spec }) => spec.ingress[0]?.from[0]?.podSelector.matchExpressions?.[0]?.values);
    expect(admitted).toEqual(owners.map((name) => [name, `${name}-migration`]));
    const clusters = documents
      .map((document): PostgresCluster => document.toJS())
      .filter(({ kind }) => kind === 'Cluster');
    for (const { spec } of clusters) {
      const { database, postInitApplicationSQL } = spec.bootstrap.initdb;
      expect(postInitApplicationSQL).toEqual(
        expect.arrayContaining(
          [database, 'postgres', 'template1'].map(
            (name) => `revoke connect, temporary on database ${name} from public`,
          ),
        ),
      );
    }
  });

  it('has the production database of each service that owns one', () => {
    const manifests = parseAllDocuments(read('k8s/postgres.yaml')).map((document): PostgresCluster => document.toJS());
    const found = manifests.filter(({ kind }) => kind === 'Cluster');
    expect(found.map(({ metadata, spec }) => [metadata.name, spec.bootstrap.initdb])).toEqual(
      entries
        .filter(({ database }) => database)
        .map(({ name }) => [
          `tasktracker-${name}-db`,
          expect.objectContaining({ database: `tasktracker_${name}`, owner: `${name}_migrate` }),
        ]),
    );
  });
});

describe('the workflows', () => {
  it('pin actions to a commit, with its version beside it: a tag can be moved', () => {
    const folder = join(chart, '../../.github/workflows');
    const uses = readdirSync(folder).flatMap((name) =>
      read(join('.github/workflows', name))
        .split('\n')
        .flatMap((line) => /uses: (.*)$/.exec(line)?.[1] ?? []),
    );
    expect(uses.length).toBeGreaterThan(3);
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });
});
