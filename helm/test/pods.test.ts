import { describe, expect, it } from 'vitest';
import { environmentOf, hasHelm, migrationOf, named, needsHelm, render } from './render.ts';

const variable = (name: string, value: string) => ({ name, value });

describe.runIf(hasHelm)("a pod's environment", needsHelm, () => {
  it('is part of the Deployment’s revision: an old pod that starts again keeps the old one', () => {
    const manifests = render({ values: { services: { user: { env: { PASSWORD_MIN_LENGTH: 10 } } } } });
    expect(environmentOf(manifests, 'user')).toMatchObject({ PORT: '8001', PASSWORD_MIN_LENGTH: '10' });
    expect(manifests.filter(({ kind }) => kind === 'ConfigMap')).toEqual([]);
    expect(named(manifests, 'Deployment', 'tasktracker-user').spec.template.spec.containers[0]).not.toHaveProperty(
      'envFrom',
    );
  });

  it('has the gateway document the shortest password that the user service takes', () => {
    const manifests = render({ values: { services: { user: { env: { PASSWORD_MIN_LENGTH: 10 } } } } });
    expect(environmentOf(manifests, 'gateway')).toMatchObject({ PASSWORD_MIN_LENGTH: '10' });
    expect(environmentOf(manifests, 'task')).not.toHaveProperty('PASSWORD_MIN_LENGTH');
    expect(environmentOf(render(), 'gateway')).not.toHaveProperty('PASSWORD_MIN_LENGTH');
  });

  it('prefers what `env` says to what the chart says, and what `extraEnv` says to both', () => {
    const values = {
      defaults: { env: { LOG_LEVEL: 'warn', TOKEN_ISSUER: 'env' } },
      services: {
        user: {
          env: { KEY_ENCRYPTION_KEY_FILE: '/elsewhere/key', TOKEN_AUDIENCE: 'env' },
          extraEnv: [
            variable('DATABASE_URL', 'postgres://elsewhere'),
            variable('TOKEN_ISSUER', 'one'),
            variable('TOKEN_ISSUER', 'extra'),
          ],
        },
      },
    };
    const manifests = render({ values });
    expect(environmentOf(manifests, 'task')).toMatchObject({ LOG_LEVEL: 'warn', TOKEN_ISSUER: 'env' });
    expect(environmentOf(manifests, 'user')).toMatchObject({
      LOG_LEVEL: 'warn',
      KEY_ENCRYPTION_KEY_FILE: '/elsewhere/key',
      TOKEN_ISSUER: 'extra',
      TOKEN_AUDIENCE: 'env',
      DATABASE_URL: 'postgres://elsewhere',
    });
  });

  it('has numbers as they were written, however large', () => {
    const manifests = render({
      values: {
        services: { notify: { port: 8004, calls: [], env: { BODY_LIMIT: 1_048_576 } } },
        postgres: { settings: { work_mem: 1_048_576 } },
      },
    });
    expect(environmentOf(manifests, 'notify')).toMatchObject({ BODY_LIMIT: '1048576' });
    const { args } = named(manifests, 'StatefulSet', 'tasktracker-postgres').spec.template.spec.containers[0] ?? {};
    expect(args).toContain('work_mem=1048576');
  });

  it('has plain values as they were written: Kubernetes would read `$$` and `$(NAME)` in them', () => {
    const manifests = render({ values: { services: { user: { env: { TOKEN_ISSUER: 'a$$b$(PORT)' } } } } });
    expect(environmentOf(manifests, 'user')).toMatchObject({ TOKEN_ISSUER: 'a$$$$b$$(PORT)' });
  });
});

describe.runIf(hasHelm)("a migration's pod", needsHelm, () => {
  const extras = {
    extraEnv: [variable('NODE_EXTRA_CA_CERTS', '/ca/ca.crt'), variable('PGPASSWORD', 'of another role')],
    extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
    extraVolumeMounts: [
      { name: 'ca', mountPath: '/ca' },
      { name: 'tmp', mountPath: '/var/cache' },
    ],
    podLabels: { team: 'tasks' },
  };

  it("has what its service's pods were given, so that it reaches a database behind a private authority", () => {
    const { template } = migrationOf(render({ values: { services: { task: extras } } }), 'task').spec;
    const [provision] = template.spec.initContainers ?? [];
    const [migrate] = template.spec.containers;
    expect(template.metadata.labels).toMatchObject({ team: 'tasks', 'app.kubernetes.io/component': 'task-migration' });
    expect(template.spec.volumes).toEqual(extras.extraVolumes);
    // It has no `tmp`, which is the chart's own volume.
    expect(migrate?.volumeMounts).toEqual(extras.extraVolumeMounts.slice(0, 1));
    expect(migrate?.env?.map(({ name }) => name)).toEqual([
      'MIGRATION_DATABASE_URL',
      'NODE_EXTRA_CA_CERTS',
      'PGPASSWORD',
    ]);
    // It connects as the administrator, and only to the chart's own Postgres.
    expect(provision?.env?.filter(({ name }) => name.endsWith('PASSWORD'))).toEqual([
      { name: 'ADMIN_DATABASE_PASSWORD', valueFrom: expect.objectContaining({ secretKeyRef: expect.anything() }) },
    ]);
    expect(provision).not.toHaveProperty('volumeMounts');
  });

  it('mounts nothing where nothing was given', () => {
    const { spec } = migrationOf(render(), 'task').spec.template;
    expect(spec).not.toHaveProperty('volumes');
    expect(spec.containers[0]).not.toHaveProperty('volumeMounts');
  });
});

describe.runIf(hasHelm)('an external database', needsHelm, () => {
  const existing = { app: { existingSecret: 'a' }, migration: { existingSecret: 'm' } };
  const environments = (tls: object) => {
    const manifests = render({ values: { services: { task: { database: { external: true, ...existing, tls } } } } });
    const { spec } = migrationOf(manifests, 'task').spec.template;
    const migration = Object.fromEntries((spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
    return { manifests, spec, migration, service: environmentOf(manifests, 'task') };
  };

  it('is reached over TLS that checks who answers, by the service and its migration, unless values say otherwise', () => {
    const { manifests, migration, service } = environments({});
    for (const environment of [migration, service]) {
      expect(environment).toMatchObject({ DATABASE_TLS: 'verify-full' });
      expect(environment).not.toHaveProperty('DATABASE_CA_FILE');
    }
    expect(environmentOf(manifests, 'user')).not.toHaveProperty('DATABASE_TLS');
    expect(environments({ mode: 'disable' }).service).toMatchObject({ DATABASE_TLS: 'disable' });
  });

  it.each([
    ['Secret', { caSecret: 'authority', caKey: 'tls.crt' }, { secret: { secretName: 'authority' } }],
    ['ConfigMap', { caConfigMap: 'authority', caKey: 'tls.crt' }, { configMap: { name: 'authority' } }],
  ])('is checked by the authority of a %s, mounted as a folder that follows it', (_kind, tls, source) => {
    const { manifests, spec, migration, service } = environments(tls);
    const serving = named(manifests, 'Deployment', 'tasktracker-task').spec.template.spec;
    for (const pod of [spec, serving]) {
      const volume = pod.volumes?.find(({ name }) => name === 'database-authority');
      const items = [{ key: 'tls.crt', path: 'ca.crt' }];
      const [[kind, reference] = []] = Object.entries(source);
      expect(volume).toMatchObject({ [String(kind)]: { ...reference, items } });
      expect(pod.containers[0]?.volumeMounts).toContainEqual({
        name: 'database-authority',
        mountPath: '/etc/tasktracker/database',
        readOnly: true,
      });
    }
    for (const environment of [migration, service]) {
      expect(environment).toMatchObject({ DATABASE_CA_FILE: '/etc/tasktracker/database/ca.crt' });
    }
  });
});

describe.runIf(hasHelm)('a migration', needsHelm, () => {
  it('is given up after a while, and its Job is removed, whatever its name is made from', () => {
    expect(migrationOf(render(), 'task').spec).toMatchObject({
      activeDeadlineSeconds: 3600,
      ttlSecondsAfterFinished: 604_800,
    });
    const migration = { activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 0 };
    const changed = migrationOf(render({ values: { migration } }), 'task');
    expect(changed.spec).toMatchObject({ activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 0 });
  });
});

describe.runIf(hasHelm)('room on the node', needsHelm, () => {
  it('is enough for the logs that the kubelet keeps of a busy container, 50 MiB of them and the one being written', () => {
    for (const { kind, spec } of render()) {
      if (kind !== 'Deployment' && kind !== 'StatefulSet') continue;
      for (const { name, resources } of spec.template.spec.containers) {
        const [, mebibytes] = /^(\d+)Mi$/.exec(resources.limits['ephemeral-storage'] ?? '') ?? [];
        expect.soft(Number(mebibytes), name).toBeGreaterThanOrEqual(256);
      }
    }
  });

  it("is enough in the chart's Postgres for the connections of all pods that autoscaling may start, twice during a rollout", () => {
    const values = { defaults: { autoscaling: { enabled: true } } };
    const manifests = render({ values });
    const pools = ['user', 'task'].map((name) => Number(environmentOf(manifests, name)['DATABASE_POOL_SIZE']));
    const connections = pools.reduce((sum, pool) => sum + (6 + 6 + 1) * pool, 0);
    const { args = [], resources } =
      named(manifests, 'StatefulSet', 'tasktracker-postgres').spec.template.spec.containers[0] ?? {};
    const [allowed] = args.flatMap((arg) => /^max_connections=(\d+)$/.exec(arg)?.[1] ?? []);
    expect(Number(allowed)).toBeGreaterThan(connections);
    expect(resources?.limits['memory']).toBe('1Gi'); // 2.5 MiB each, and what they share
  });
});
