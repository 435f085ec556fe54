import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { chart } from '../src/readme.ts';
import { hasHelm, named, needsHelm, podTemplates, render, temporaryFolder, tryRender } from './render.ts';

/** Values with one member, at a path. */
function at(path: readonly string[], value: unknown): object {
  const [key, ...rest] = path;
  return key === undefined ? Object(value) : { [key]: rest.length === 0 ? value : at(rest, value) };
}

function merged(one: object, other: object): object {
  const result: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const known = result[key];
    const bothMaps = isMap(known) && isMap(value);
    result[key] = bothMaps ? merged(known, value) : value;
  }
  return result;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The chart refuses these values with one answer that has all the sentences. */
function expectRefused(values: object, sentences: readonly string[]): void {
  const { refusal } = tryRender({ values });
  for (const sentence of sentences) expect.soft(refusal).toContain(sentence);
}

const long = 'x'.repeat(64);
const volumes = { name: 'extra', emptyDir: {} };

/** By the path at which they are refused. The API server was seen to refuse each, too. */
const formless: Readonly<Record<string, unknown>> = {
  'commonLabels/a': 'b c',
  'commonLabels/b': long,
  'commonAnnotations/a b': 'c',
  'image/pullSecrets': [{ name: 'A b' }],
  'defaults/replicas': 3_000_000_000,
  'defaults/podLabels/a': '-b',
  'defaults/podAnnotations/a b': 'c',
  'defaults/annotations/a b c': 'd',
  'defaults/nodeSelector/a': 'b c',
  'defaults/priorityClassName': 'A b',
  'defaults/spreadOver': ['a b'],
  'defaults/tolerations': [{ key: 'a', operator: 'Exists', value: 'b' }],
  'defaults/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution': [{ topologyKey: 'a b' }],
  'defaults/extraVolumes': [{ name: 'A_b', emptyDir: {} }],
  'defaults/extraVolumeMounts': [{ name: 'extra', mountPath: 'not/absolute' }],
  'defaults/extraEnv': [{ name: 'X', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
  'defaults/probes/startup/periodSeconds': 0,
  'defaults/securityContext/pod/fsGroup': -1,
  'defaults/service/annotations/a b': 'c',
  'defaults/service/nodePort': 70_000,
  'defaults/serviceAccount/annotations/a b': 'c',
  'defaults/autoscaling/behavior/scaleUp/stabilizationWindowSeconds': 3601,
  'defaults/networkPolicy/from': [{ ipBlock: { cidr: '10.0.0.0/33' } }],
  'defaults/networkPolicy/egress': [{ ports: [{ port: 0 }] }],
  'services/task/port': 70_000,
  'databaseDefaults/port': 0,
  'databaseDefaults/app/existingSecret': 'A b',
  'databaseDefaults/app/urlKey': 'a b',
  'databaseDefaults/tls/caSecret': 'A b',
  'migration/activeDeadlineSeconds': 0,
  'migration/ttlSecondsAfterFinished': -1,
  'postgres/existingSecret': 'A b',
  'postgres/storage/className': 'A b',
  'networkPolicy/dnsPorts': [0],
  'ingress/hosts': ['a_b.example.com', '192.0.2.1'],
  'ingress/className': 'A b',
  'httpRoute/hostnames': ['a..b'],
};

/** Settings that a service would refuse when it starts. */
const unworkable: Readonly<Record<string, unknown>> = {
  'services/user/env/PASSWORD_MIN_LENGTH': 3,
  'services/user/env/ACCESS_TOKEN_EXPIRE_MINUTES': 'soon',
  'services/gateway/env/LOG_LEVEL': 'loud',
};

describe.runIf(hasHelm)('values that Kubernetes would refuse', needsHelm, () => {
  it('are refused by the schema, all of them at once', () => {
    const values = Object.entries({ ...formless, ...unworkable }).reduce<object>(
      (all, [path, value]) => merged(all, at(path.split('/'), value)),
      {},
    );
    const { refusal } = tryRender({ values });
    const silent = Object.keys({ ...formless, ...unworkable }).filter((path) => {
      const parent = path.split('/').slice(0, -1).join('/');
      return !refusal.includes(`at '/${path}`) && !refusal.includes(`at '/${parent}': additional`);
    });
    expect(silent).toEqual([]);
  });

  it('are refused with a message that says what to write, all of them at once', () => {
    const values = {
      image: { registry: 'https://Registry.example.com/' },
      migration: { resources: { limits: { memory: '256Mb' } } },
      postgres: { storage: { size: '0' }, resources: { requests: { cpu: '0.0001' } } },
      services: {
        gateway: { autoscaling: { enabled: true, minReplicas: 9 }, service: { nodePort: 30_080 } },
        user: { resources: { requests: { cpu: 2 }, limits: { cpu: '1500m' } } },
        task: {
          resources: { limits: { memory: '1.5 Gi', 'example.com/gpu': 1.5 } },
          database: { tls: { caSecret: 'ca' } },
          extraVolumes: [{ name: 'tmp', emptyDir: {} }, volumes, volumes],
          extraVolumeMounts: [
            { name: 'none', mountPath: '/none' },
            { name: 'extra', mountPath: '/tmp' },
          ],
        },
        stats: { image: { repository: 'example.com/stats/', tag: 'a b' } },
      },
    };
    expectRefused(values, [
      'the image of services.gateway would be "https://Registry.example.com//tasktracker/gateway:1.0.0", which is not a valid image name: registry and repository are in lower case',
      'the image of services.stats would be "example.com/stats/:a b"',
      'migration.resources.limits.memory is "256Mb", which is not a valid amount: use a value such as 256Mi or 1.5Gi',
      'postgres.storage.size is "0"',
      'postgres.resources.requests.cpu is "0.0001", which is not a valid amount: use a value such as 500m or 2',
      'services.gateway.autoscaling.minReplicas is 9, more than its maxReplicas 6: raise maxReplicas',
      'services.gateway.service.nodePort is for a Service of the type NodePort or LoadBalancer',
      'services.user.resources.requests.cpu is 2, more than its limit 1500m: raise the limit or lower the request',
      'services.task.resources.limits.memory is "1.5 Gi"',
      'services.task.resources.limits.example.com/gpu is "1.5", which is not a valid amount: use a value such as 1 (a whole number)',
      'services.task.database.tls is for an external database',
      'services.task.extraVolumes has "tmp", which is the name of one of',
      'services.task.extraVolumes has "extra" twice',
      'services.task.extraVolumeMounts mounts "none", which is not a volume: add it to extraVolumes',
      'services.task.extraVolumeMounts has /tmp, where something is mounted already',
    ]);
  });

  it('do not include what it accepts: fractions, exact bytes, thousandths of a core, a registry with a port and a path', () => {
    const values = {
      image: { registry: 'registry.example.com:5000/team/a_b' },
      postgres: { storage: { size: '1.5Ti' } },
      defaults: {
        resources: { requests: { cpu: 0.5, memory: 134_217_728 }, limits: { cpu: '1001m', memory: '0.5G' } },
      },
    };
    const { spec } = named(render({ values }), 'Deployment', 'tasktracker-task').spec.template;
    expect(spec.containers[0]?.image).toBe('registry.example.com:5000/team/a_b/tasktracker/task:1.0.0');
  });
});

describe.runIf(hasHelm)("a service's settings", needsHelm, () => {
  it('are those that it reads: an unknown name is refused, for one service or for all', () => {
    const values = {
      defaults: { env: { PASWORD_MIN_LENGTH: 8 } },
      services: { task: { env: { PASSWORD_MIN_LENGTH: 8 } }, user: { env: { DATABASE_URL: 'postgres://plain' } } },
    };
    expectRefused(values, [
      'defaults.env has PASWORD_MIN_LENGTH, which is no setting: correct the name, or put it into defaults.extraEnv',
      'services.task.env has PASSWORD_MIN_LENGTH, which is no setting: correct the name, or put it into services.task.extraEnv',
      'services.user.env has DATABASE_URL, which is no setting',
    ]);
  });

  it('keep to their bounds as text too', () => {
    const [low, high] = ['3', '128'].map((length) =>
      tryRender({ values: { services: { user: { env: { PASSWORD_MIN_LENGTH: length } } } } }),
    );
    expect(low?.refusal).toContain('services.user.env.PASSWORD_MIN_LENGTH is 3: it takes 6 to 128');
    expect(high?.refusal).toBe('');
  });

  it('have the form that their service takes', () => {
    const values = {
      services: {
        gateway: { env: { CORS_ORIGINS: 'https://a.example,https://*.b.example', TRUSTED_PROXIES: '10.0.0.0/33' } },
        task: { env: { TRUSTED_PROXIES: 'ingress' } },
      },
    };
    expectRefused(values, [
      'services.gateway.env.CORS_ORIGINS is https://a.example,https://*.b.example: it takes origins of web pages',
      'services.gateway.env.TRUSTED_PROXIES is 10.0.0.0/33: it takes networks of proxies',
      'services.task.env.TRUSTED_PROXIES is ingress: it takes networks of proxies',
    ]);
    const taken = { CORS_ORIGINS: 'https://A.example:8443, http://[::1]:3000/', TRUSTED_PROXIES: '10.0.0.0/8, ::1' };
    expect(tryRender({ values: { services: { gateway: { env: taken } } } }).refusal).toBe('');
  });
});

describe.runIf(hasHelm)('values that would install and not work', needsHelm, () => {
  it('are refused in words: what the release itself counts on, ports of nodes twice, scaling by a request that is not there', () => {
    const values = {
      defaults: {
        env: { DRAIN_IDLE_MS: 0 },
        service: { type: 'NodePort', nodePort: 30_080 },
        resources: { requests: { cpu: null } },
      },
      services: {
        task: {
          env: { PORT: 9000, HOST: '127.0.0.1', DATABASE_TLS: 'disable' },
          autoscaling: { enabled: true },
        },
      },
    };
    expectRefused(values, [
      'defaults.env has DRAIN_IDLE_MS, which other parts of the release would not follow: set defaults.drain.idleMs instead',
      'services.task.env has PORT, which other parts of the release would not follow: set services.task.port instead',
      'services.task.env has DATABASE_TLS, which other parts of the release would not follow: set services.task.database.tls.mode instead',
      'services.task.env.HOST is 127.0.0.1, where nothing outside the pod reaches it: leave it out',
      'services.task.service.nodePort is 30080, which services.stats has too: give each its own',
      'services.task.autoscaling aims at a share of the CPU request, and there is none',
    ]);
  });
});

describe.runIf(hasHelm)('values of the release before', needsHelm, () => {
  it('are refused with what took their place', () => {
    const annotations = { serviceAnnotations: { a: 'b' } };
    const values = { tokens: { signedBy: 'user' }, defaults: annotations, services: { task: annotations } };
    expectRefused(values, [
      'tokens.signedBy is gone: leave it out',
      'defaults.serviceAnnotations is called defaults.service.annotations now',
      'services.task.serviceAnnotations is called services.task.service.annotations now',
      '--reset-then-reuse-values',
    ]);
  });

  it('that an upgrade reuses whole are refused in the same words, though they lack all that is new', () => {
    const values: Record<string, object> = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
    for (const path of [
      'defaults/service',
      'databaseDefaults/tls',
      'postgres/securityContext',
      'networkPolicy/dnsPorts',
    ]) {
      const [section = '', name = ''] = path.split('/');
      Reflect.deleteProperty(values[section] ?? {}, name);
    }
    Reflect.deleteProperty(values, 'identityDefaults');
    Reflect.set(values['tokens'] ?? {}, 'signedBy', 'user');
    const chartFolder = join(temporaryFolder(), 'chart');
    cpSync(chart, chartFolder, { recursive: true });
    writeFileSync(join(chartFolder, 'values.yaml'), stringify(values));
    const { refusal } = tryRender({ chartFolder });
    expect(refusal).toContain('tokens.signedBy is gone');
    expect(refusal).toContain('identityDefaults is missing');
    expect(refusal).not.toContain('nil pointer');
  });
});

describe.runIf(hasHelm)('pods without a user of their own', needsHelm, () => {
  const openShift = { securityContext: { runAsUser: null } };

  it('leave user, group and fsGroup to the cluster, and keep to "restricted" otherwise', () => {
    const pods = podTemplates(render({ values: { defaults: openShift, postgres: openShift } }));
    expect(pods.length).toBeGreaterThan(6);
    for (const { manifest, spec } of pods) {
      expect(spec.securityContext, manifest.metadata.name).toEqual({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
    }
    // Nobody knows which group should get the file; the pod has only one user.
    expect(JSON.stringify(pods)).not.toContain('"defaultMode":440');
  });

  it('take what values merge into their security context, for the pod and for its containers', () => {
    const securityContext = { pod: { runAsUser: 1234, runAsGroup: 0 }, container: { readOnlyRootFilesystem: false } };
    const manifests = render({ values: { services: { task: { securityContext } } } });
    const { spec } = named(manifests, 'Deployment', 'tasktracker-task').spec.template;
    expect(spec.securityContext).toMatchObject({ runAsUser: 1234, runAsGroup: 0, fsGroup: 10001, runAsNonRoot: true });
    expect(spec.containers[0]?.securityContext).toMatchObject({
      readOnlyRootFilesystem: false,
      allowPrivilegeEscalation: false,
    });
  });
});
