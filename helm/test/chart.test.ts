import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gateway, services, type ServiceEntry } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { chart } from '../src/readme.ts';
import {
  criticalFindings,
  environmentOf,
  hasHelm,
  hasKubeScore,
  masked,
  named,
  needsHelm,
  needsKubeScore,
  podTemplates,
  productionValues,
  render,
  renderText,
  temporaryFolder,
  type Manifest,
} from './render.ts';

const entries: readonly ServiceEntry[] = services;
const owners = entries.filter(({ database }) => database);

const existing = { existingSecret: 'existing' };
const allSecretsExist = {
  postgres: existing,
  services: Object.fromEntries(
    owners.map(({ name }) => [
      name,
      {
        database: { app: existing, migration: existing },
        ...(name === 'user' && { secretFiles: { 'key-encryption-key': existing } }),
        ...(name === 'task' && { identity: existing }),
      },
    ]),
  ),
};

const component = 'app.kubernetes.io/component';

function titlesOf(manifests: readonly Manifest[]): string[] {
  return manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function secretsOf(manifests: readonly Manifest[]): Manifest[] {
  return manifests.filter(({ kind }) => kind === 'Secret');
}

function jobsWith(values: object): string[] {
  const manifests = render({ values: { ...allSecretsExist, ...values } });
  return titlesOf(manifests.filter(({ kind }) => kind === 'Job'));
}

function podAnnotationsWith(values: object, service: string): unknown {
  return named(render({ values }), 'Deployment', `tasktracker-${service}`).spec.template.metadata.annotations;
}

function lastingTemplatesOf(chartFolder: string): unknown[] {
  return podTemplates(render({ chartFolder, values: allSecretsExist }))
    .filter(({ manifest }) => manifest.kind !== 'Pod')
    .map(({ manifest }) => [manifest.metadata.name, manifest.spec.template]);
}

function peersOf(rules: Manifest['spec']['ingress'], side: 'from' | 'to'): string[] {
  const peers = (rules ?? []).flatMap((rule) => rule[side] ?? []);
  return peers.flatMap(({ podSelector }) => podSelector?.matchLabels[component] ?? []).toSorted();
}

function callersOf({ name }: ServiceEntry): string[] {
  return [gateway.name, ...entries.flatMap((other) => (other.calls.includes(name) ? other.name : []))].toSorted();
}

function peersCalledBy({ calls, database }: ServiceEntry): string[] {
  return [...calls, ...(database ? ['postgres'] : [])].toSorted();
}

describe.runIf(hasHelm)('the rendered chart', needsHelm, () => {
  it('is the golden one with default values', async () => {
    await expect(masked(renderText())).toMatchFileSnapshot('golden/default.yaml');
  });

  it('is the golden one with production values', async () => {
    await expect(renderText({ args: productionValues })).toMatchFileSnapshot('golden/production.yaml');
  });

  it('makes no Secret if each exists already, and is the same text each time', () => {
    const text = renderText({ values: allSecretsExist });
    expect(text).not.toMatch(/^kind: Secret$/m);
    expect(renderText({ values: allSecretsExist })).toBe(text);
    expect(renderText({ args: productionValues })).not.toMatch(/^kind: Secret$/m);
  });

  it('makes each generated Secret once, and keeps it when the release is uninstalled', () => {
    const [one, other] = [secretsOf(render()), secretsOf(render())];
    // Postgres' password, the user service's key, the task service's identity, two roles for each owner
    expect(one).toHaveLength(3 + 2 * owners.length);
    for (const [index, { metadata, data }] of one.entries()) {
      expect(metadata.annotations?.['helm.sh/resource-policy']).toBe('keep');
      expect(data).not.toEqual(other[index]?.data);
    }
    const key = Buffer.from(named(one, 'Secret', 'tasktracker-user-key-encryption-key').data?.['key'] ?? '', 'base64');
    expect(Buffer.from(key.toString(), 'base64')).toHaveLength(32);
  });

  it('keeps every pod to Pod Security "restricted", without a token, with bounded memory and disk', () => {
    for (const args of [[], productionValues]) {
      const pods = podTemplates(render({ args }));
      expect(pods.length).toBeGreaterThan(6);
      for (const { manifest, spec } of pods) {
        expect.soft(spec.automountServiceAccountToken, manifest.metadata.name).toBe(false);
        expect.soft(spec.securityContext, manifest.metadata.name).toMatchObject({
          runAsNonRoot: true,
          runAsUser: manifest.kind === 'StatefulSet' ? 999 : 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        for (const { name, securityContext, resources } of [...(spec.initContainers ?? []), ...spec.containers]) {
          expect.soft(securityContext, name).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          const sizes = ['memory', 'ephemeral-storage'];
          expect.soft(Object.keys(resources.requests), name).toEqual(expect.arrayContaining(['cpu', ...sizes]));
          expect.soft(Object.keys(resources.limits).toSorted(), name).toEqual(sizes.toSorted());
        }
      }
    }
  });

  it('restarts nothing when only the version of the chart changes', () => {
    const folder = temporaryFolder();
    cpSync(chart, folder, { recursive: true });
    const file = join(folder, 'Chart.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('\nversion: 1.0.0', '\nversion: 1.0.1'));
    expect(lastingTemplatesOf(folder)).toEqual(lastingTemplatesOf(chart));
    expect(renderText({ chartFolder: folder })).toContain('helm.sh/chart: tasktracker-1.0.1');
  });

  it('runs a migration again for another image and for another place to run, and not for another configuration', () => {
    expect(jobsWith({ image: { tag: '1.2.3' } })).not.toEqual(jobsWith({}));
    expect(jobsWith({ defaults: { nodeSelector: { pool: 'apps' } } })).not.toEqual(jobsWith({}));
    expect(jobsWith({ defaults: { podAnnotations: { a: 'b' } } })).not.toEqual(jobsWith({}));
    expect(jobsWith({ defaults: { logLevel: 'debug', replicas: 2, env: { TOKEN_ISSUER: 'y' } } })).toEqual(
      jobsWith({}),
    );
  });

  it("restarts a service's pods when its configuration changes, and no other's", () => {
    const values = { services: { user: { env: { PASSWORD_MIN_LENGTH: 10 } } } };
    expect(podAnnotationsWith(values, 'user')).not.toEqual(podAnnotationsWith({}, 'user'));
    expect(podAnnotationsWith(values, 'task')).toEqual(podAnnotationsWith({}, 'task'));
  });

  it('takes a fifth service from an entry in the map alone', () => {
    const values = { services: { notify: { port: 8004, calls: ['user'], database: {} } } };
    const known = new Set(titlesOf(render()));
    const manifests = render({ values });
    const added = titlesOf(manifests).filter((title) => !known.has(title));
    expect(added.toSorted()).toEqual([
      'Deployment tasktracker-notify',
      expect.stringMatching(/^Job tasktracker-notify-migrate-[0-9a-f]{8}$/),
      'NetworkPolicy tasktracker-notify',
      'NetworkPolicy tasktracker-notify-migration',
      'Secret tasktracker-notify-database-app',
      'Secret tasktracker-notify-database-migration',
      'Service tasktracker-notify',
      'ServiceAccount tasktracker-notify',
    ]);
    expect(environmentOf(manifests, 'gateway')).toMatchObject({
      NOTIFY_SERVICE_URL: 'http://tasktracker-notify:8004',
    });
    expect(environmentOf(manifests, 'notify')).toMatchObject({
      USER_SERVICE_URL: 'http://tasktracker-user:8001',
    });
  });

  it('lets in the services that `calls` names, and out to them', () => {
    const manifests = render();
    const policies = manifests
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.labels[component] !== undefined)
      .map(({ spec }) => [
        spec.podSelector.matchLabels[component],
        { in: peersOf(spec.ingress, 'from'), out: peersOf(spec.egress, 'to') },
      ]);
    expect(Object.fromEntries(policies)).toEqual({
      gateway: { in: [], out: entries.map(({ name }) => name).toSorted() }, // from everybody
      ...Object.fromEntries(entries.map((entry) => [entry.name, { in: callersOf(entry), out: peersCalledBy(entry) }])),
      ...Object.fromEntries(owners.map(({ name }) => [`${name}-migration`, { in: [], out: ['postgres'] }])),
      postgres: { in: owners.flatMap(({ name }) => [name, `${name}-migration`]).toSorted(), out: [] },
      journey: { in: [], out: ['gateway'] },
    });
    const fromOutside = named(manifests, 'NetworkPolicy', 'tasktracker-gateway').spec.ingress;
    expect(fromOutside).toEqual([{ ports: [{ port: gateway.port }] }]);
    expect(named(manifests, 'NetworkPolicy', 'tasktracker-default-deny').spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('gives a pod longer than its drain takes', () => {
    const values = { defaults: { drain: { delayMs: 12_500, idleMs: 30_000 } } };
    const { spec } = named(render({ values }), 'Deployment', 'tasktracker-user').spec.template;
    expect(spec.terminationGracePeriodSeconds).toBe(43 + 20);
  });

  it('takes the number of pods from the autoscaler or from `replicas`, and budgets disruptions if there are two', () => {
    const values = {
      defaults: { autoscaling: { enabled: true } },
      services: { stats: { autoscaling: { enabled: false } }, task: { podDisruptionBudget: { enabled: false } } },
    };
    const manifests = render({ values });
    const replicas = manifests
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => [metadata.name, spec.replicas]);
    const scaled = [gateway, ...services].map(({ name }) => name).filter((name) => name !== 'stats');
    expect(Object.fromEntries(replicas)).toEqual({
      'tasktracker-stats': 1,
      ...Object.fromEntries(scaled.map((name) => [`tasktracker-${name}`, undefined])),
    });
    const componentsWith = (kind: string) =>
      manifests.flatMap((manifest) => (manifest.kind === kind ? manifest.metadata.labels[component] : []));
    expect(componentsWith('HorizontalPodAutoscaler')).toEqual(scaled.toSorted());
    expect(componentsWith('PodDisruptionBudget')).toEqual(scaled.filter((name) => name !== 'task').toSorted());
  });

  it('keeps two releases in one namespace apart', () => {
    const [one, other] = [render({ release: 'tasktracker' }), render({ release: 'second' })];
    expect(titlesOf(one).filter((title) => titlesOf(other).includes(title))).toEqual([]);
    for (const { kind, spec } of other.filter((manifest) => manifest.kind === 'Deployment')) {
      expect(spec.selector.matchLabels['app.kubernetes.io/instance'], kind).toBe('second');
    }
  });

  it('may be part of another chart, which switches it on or off and has values for all its parts', () => {
    const chartFolder = temporaryFolder();
    const part = { name: 'tasktracker', version: '1.0.0', repository: '', condition: 'tasktracker.enabled' };
    const parent = { apiVersion: 'v2', name: 'parent', version: '1.0.0', dependencies: [part] };
    writeFileSync(join(chartFolder, 'Chart.yaml'), JSON.stringify(parent));
    cpSync(chart, join(chartFolder, 'charts/tasktracker'), { recursive: true });
    const titlesWith = (enabled: boolean) =>
      titlesOf(render({ chartFolder, values: { global: { region: 'x' }, tasktracker: { enabled } } }));
    expect(titlesWith(true)).toEqual(expect.arrayContaining(['Deployment tasktracker-gateway']));
    expect(titlesWith(false)).toEqual([]);
  });

  it('takes a release and a namespace whose names mean something in YAML', () => {
    const text = renderText({ release: 'on', args: ['--namespace', 'y'] });
    expect(text).toContain('namespace: "y"');
    expect(text).not.toMatch(/: (on|y)$/m);
  });

  it('passes on what clusters need from every chart, to all services or to one', () => {
    const everywhere = {
      priorityClassName: 'high',
      nodeSelector: { pool: 'apps' },
      affinity: { nodeAffinity: {} },
      tolerations: [{ key: 'apps', operator: 'Exists' }],
      extraVolumes: [{ name: 'extra', emptyDir: {} }],
      podAnnotations: { a: 'b' },
      podLabels: { c: 'd' },
    };
    const manifests = render({
      values: {
        image: { pullSecrets: [{ name: 'registry' }] },
        commonLabels: { team: 'tasks' },
        commonAnnotations: { owner: 'me' },
        defaults: { ...everywhere, extraVolumeMounts: [{ name: 'extra', mountPath: '/extra' }] },
        services: {
          task: { extraEnv: [{ name: 'EXTRA', value: '1' }], serviceAccount: { annotations: { role: 'r' } } },
        },
      },
    });
    for (const { manifest, spec } of podTemplates(manifests)) {
      expect.soft(spec, manifest.metadata.name).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] });
    }
    for (const service of ['gateway', 'user', 'task', 'stats']) {
      const { template } = named(manifests, 'Deployment', `tasktracker-${service}`).spec;
      const { podAnnotations, podLabels, extraVolumes, ...scheduling } = everywhere;
      expect.soft(template.spec, service).toMatchObject(scheduling);
      expect.soft(template.spec, service).toMatchObject({ volumes: expect.arrayContaining(extraVolumes) });
      expect.soft(template.metadata, service).toMatchObject({ annotations: podAnnotations, labels: podLabels });
    }
    const { env } = named(manifests, 'Deployment', 'tasktracker-task').spec.template.spec.containers[0] ?? {};
    expect(env).toContainEqual({ name: 'EXTRA', value: '1' });
    expect(named(manifests, 'ServiceAccount', 'tasktracker-task').metadata.annotations).toMatchObject({ role: 'r' });
    for (const { metadata, kind } of manifests) {
      expect.soft(metadata, kind).toMatchObject({ labels: { team: 'tasks' }, annotations: { owner: 'me' } });
    }
  });

  it("keeps names within Kubernetes' limits, however long the release's name is", () => {
    const release = 'a-release-with-the-longest-name-that-helm-takes-00000';
    const values = { services: { fifteenletters0: { port: 8004, calls: [], database: {} } } };
    const names = render({ release, values }).map(({ metadata }) => metadata.name);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(63);
    expect(new Set(names).size).toBeGreaterThan(10);
  });
});

describe.runIf(hasHelm && hasKubeScore)('kube-score', needsKubeScore, () => {
  it.each([
    ['default', []],
    ['production', productionValues],
  ])('finds nothing critical with %s values, except what is ignored with a reason', (_which, args) => {
    const text = renderText({ args });
    expect(criticalFindings(text, temporaryFolder())).toEqual([]);
    for (const { metadata } of render({ args })) {
      const ignored = metadata.annotations?.['kube-score/ignore']?.split(',') ?? [];
      const reasons = metadata.annotations?.['tasktracker/kube-score-ignored-because'] ?? '';
      for (const check of ignored) expect(reasons, metadata.name).toContain(`${check}: `);
    }
  });

  it('would find what is wrong', () => {
    const text = renderText().replaceAll('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false');
    expect(criticalFindings(text, temporaryFolder())).not.toEqual([]);
  });
});
