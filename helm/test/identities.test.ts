import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gateway, services } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chart, settingsPath } from '../src/readme.ts';
import { environmentOf, hasHelm, named, needsHelm, render, type Manifest, type Projection } from './render.ts';

const apps = [gateway.name, ...services.map(({ name }) => name)];
const folder = '/etc/tasktracker/service-clients';
const ownFile = '/etc/tasktracker/secrets/identity';

/** What a service's pods mount of the Secrets of identities: `Secret key > path in the pod`. */
function mountedBy(manifests: readonly Manifest[], service: string): string[] {
  const { volumes = [], containers } = named(manifests, 'Deployment', `tasktracker-${service}`).spec.template.spec;
  const found: string[] = [];
  for (const { name, projected } of volumes) {
    const mount = containers[0]?.volumeMounts?.find((each) => each.name === name);
    for (const { secret } of projected?.sources ?? []) {
      if (!secret.name.includes('identity')) continue;
      for (const { key, path } of secret.items) found.push(`${secret.name} ${key} > ${mount?.mountPath}/${path}`);
    }
  }
  return found;
}

function mounts(manifests: readonly Manifest[]): Record<string, string[]> {
  return Object.fromEntries(apps.map((name) => [name, mountedBy(manifests, name)]));
}

/** The volume in which the user service has the secrets of others. */
function clientsVolume(manifests: readonly Manifest[]): Projection | undefined {
  const { volumes = [] } = named(manifests, 'Deployment', 'tasktracker-user').spec.template.spec;
  return volumes.find(({ name }) => name === 'service-clients')?.projected;
}

const having = (all: Record<string, object>, key: string): string[] =>
  Object.entries(all).flatMap(([name, entry]) => (key in entry ? [name] : []));

describe('values.yaml', () => {
  it('gives an identity to each service that has use for one, and to no other', () => {
    const settings: Record<string, object> = JSON.parse(readFileSync(settingsPath, 'utf8'));
    const values: { services: Record<string, object> } = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
    expect(having(values.services, 'identity')).toEqual(having(settings, 'SERVICE_SECRET_FILE'));
  });
});

describe.runIf(hasHelm)("a service's identity", needsHelm, () => {
  it('is mounted by the service itself and by the user service, and by nobody else', () => {
    const manifests = render();
    expect(mounts(manifests)).toEqual({
      gateway: [],
      stats: [],
      task: [`tasktracker-task-identity secret > ${ownFile}`],
      user: [`tasktracker-task-identity secret > ${folder}/task`],
    });
    expect(environmentOf(manifests, 'user')).toMatchObject({ SERVICE_CLIENTS_DIR: folder });
    expect(environmentOf(manifests, 'task')).toMatchObject({ SERVICE_SECRET_FILE: ownFile });
  });

  it('is one entry more for another service, and neither has the other’s', () => {
    const manifests = render({ values: { services: { stats: { identity: {} } } } });
    expect(mounts(manifests)).toEqual({
      gateway: [],
      stats: [`tasktracker-stats-identity secret > ${ownFile}`],
      task: [`tasktracker-task-identity secret > ${ownFile}`],
      user: [
        `tasktracker-stats-identity secret > ${folder}/stats`,
        `tasktracker-task-identity secret > ${folder}/task`,
      ],
    });
    const [one, other] = ['stats', 'task'].map((name) => named(manifests, 'Secret', `tasktracker-${name}-identity`));
    expect(one?.data).not.toEqual(other?.data);
  });

  it('has a secret of 256 bits', () => {
    const { data } = named(render(), 'Secret', 'tasktracker-task-identity');
    const secret = Buffer.from(data?.['secret'] ?? '', 'base64').toString();
    expect(secret).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it('may be in a Secret that exists, under a key of its own', () => {
    const identity = { existingSecret: 'an-identity', key: 'task' };
    const manifests = render({ values: { services: { task: { identity } } } });
    expect(mounts(manifests)).toMatchObject({
      task: [`an-identity task > ${ownFile}`],
      user: [`an-identity task > ${folder}/task`],
    });
    const made = manifests.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name);
    expect(made.filter((name) => name.includes('identity'))).toEqual([]);
  });

  it('is read by the user of the pod alone, and where it is missing the user service starts without it', () => {
    const sources = [{ secret: { optional: true } }];
    // Kubernetes reads 0440 as octal, as YAML 1.1 has it; this reader does not.
    expect(clientsVolume(render())).toMatchObject({ defaultMode: 440, sources });
    const anyUser = { defaults: { securityContext: { runAsUser: null } } };
    expect(clientsVolume(render({ values: anyUser }))).toMatchObject({ defaultMode: 444, sources });
    const own = named(render(), 'Deployment', 'tasktracker-task').spec.template.spec.volumes;
    expect(JSON.stringify(own)).not.toContain('optional');
  });

  it('is nowhere if nobody has one', () => {
    const manifests = render({ values: { services: { task: { identity: null } } } });
    expect(Object.values(mounts(manifests)).flat()).toEqual([]);
    expect(environmentOf(manifests, 'user')).not.toHaveProperty('SERVICE_CLIENTS_DIR');
    expect(environmentOf(manifests, 'task')).not.toHaveProperty('SERVICE_SECRET_FILE');
    expect(clientsVolume(manifests)).toBeUndefined();
  });
});
