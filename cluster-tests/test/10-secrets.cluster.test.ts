import { randomBytes } from 'node:crypto';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi, createAccount } from '../src/api-call.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { nameOf } from '../src/name-of.ts';
import { isServing, podsGone, podsServing } from '../src/pods.ts';
import { findSecrets, secretValues, withoutSecrets } from '../src/secret-search.ts';
import { standInPod } from '../src/stand-in-pod.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { sql } from '../src/suite-sql.ts';
import { cluster, helm, images, namespace, reach, release, startFromBaseline, valuesWith } from '../src/suite.ts';
import { imageName } from '../src/test-images.ts';

beforeAll(startFromBaseline);

/** Everything in the namespace that people and tools may read without the right to read Secrets. */
async function openTexts(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const { core, apps, batch } = cluster;
  const lists = {
    pods: core.listNamespacedPod({ namespace }),
    events: core.listNamespacedEvent({ namespace }),
    configmaps: core.listNamespacedConfigMap({ namespace }),
    deployments: apps.listNamespacedDeployment({ namespace }),
    replicasets: apps.listNamespacedReplicaSet({ namespace }),
    statefulsets: apps.listNamespacedStatefulSet({ namespace }),
    jobs: batch.listNamespacedJob({ namespace }),
  };
  for (const [kind, list] of Object.entries(lists)) {
    for (const item of (await list).items) texts.set(`${kind}/${nameOf(item)}`, JSON.stringify(item));
  }
  for (const pod of (await lists.pods).items) {
    const { spec, status } = pod;
    const name = nameOf(pod);
    const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    for (const { name: container } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
      const restarted = statuses.some((entry) => entry.name === container && entry.restartCount > 0);
      for (const previous of restarted ? [false, true] : [false]) {
        const log = await core.readNamespacedPodLog({ namespace, name, container, previous });
        texts.set(`the log of ${name} ${container}${previous ? ', before its restart' : ''}`, log);
      }
    }
  }
  texts.set('helm get manifest', withoutSecrets(await helm.manifest(release.name)));
  texts.set('helm get notes', await helm.notes(release.name));
  return texts;
}

async function allSecretValues(): Promise<Map<string, string>> {
  const { items } = await cluster.core.listNamespacedSecret({ namespace, labelSelector: release.selector() });
  return secretValues(items);
}

describe('the values of Secrets', () => {
  it('are in no pod, log, event, other object or manifest', async () => {
    // A pod must not go while its log is read.
    await release.drained();
    const url = await reach('gateway');
    const { token, refreshToken, password, username } = await createAccount(url);
    await callApi(url, 'POST', '/api/v1/auth/refresh', { json: { refresh_token: refreshToken } });
    await callApi(url, 'POST', '/api/v1/auth/login', { json: { username, password: `${password}x` } });
    await callApi(url, 'GET', '/api/v1/tasks', { token });
    await callApi(url, 'GET', '/api/v1/tasks', { token: `${token}x` });
    const values = await allSecretValues();
    expect(values.size).toBeGreaterThan(10);
    values.set(token, 'an access token').set(refreshToken, 'a refresh token').set(password, 'a password');
    const texts = await openTexts();
    expect(findSecrets(values, texts)).toEqual([]);
    console.log(`${values.size} values looked for in ${texts.size} texts`);
  });

  it('would be found in an annotation and in a log', async () => {
    const { items } = await cluster.core.listNamespacedSecret({ namespace, labelSelector: release.selector() });
    const secret = items.find(({ data }) => data?.['password'] !== undefined);
    const password = Buffer.from(secret?.data?.['password'] ?? '', 'base64').toString('utf8');
    if (!secret || password === '') throw new Error('no password among the Secrets');
    const secretName = nameOf(secret);
    await cluster.core.createNamespacedPod({ namespace, body: leakingPod(secretName, password) });
    try {
      await podsServing(cluster, namespace, leaking, 1);
      const found = findSecrets(await allSecretValues(), await openTexts()).toSorted();
      expect(found).toEqual(
        [`${secretName} password in pods/leaking`, `${secretName} password in the log of leaking stand-in`].toSorted(),
      );
    } finally {
      await cluster.core.deleteNamespacedPod({ namespace, name: 'leaking' });
    }
  });
});

const leaking = 'tasktracker.test/stand-in=leaking';

/** A pod with a secret in an annotation, and a second one in its log alone, which it has from a variable. */
function leakingPod(secretName: string, password: string): V1Pod {
  const pod = standInPod('leaking', imageName(images.registry, 'gateway', images.tag), {
    'tasktracker.test/stand-in': 'leaking',
  });
  const [container] = pod.spec?.containers ?? [];
  if (!pod.spec || !container) throw new Error('a pod without a container');
  const valueFrom = { secretKeyRef: { name: secretName, key: 'password' } };
  const command = ['bash', '-c', `echo "url=$LEAKED"; exec "$@"`, 'bash', ...(container.command ?? [])];
  return {
    metadata: { ...pod.metadata, annotations: { url: `x${password}x` } },
    spec: { ...pod.spec, containers: [{ ...container, command, env: [{ name: 'LEAKED', valueFrom }] }] },
  };
}

describe('the password of a database role', () => {
  const name = 'task-database-b';

  /** What the rotation made, once nobody uses it; an interrupted run may have left it. */
  async function removeSecondRole(): Promise<void> {
    await startFromBaseline();
    await release.drained();
    await sql(`
      do $$ begin
        if exists (select from pg_roles where rolname = 'task_app_b') then
          drop owned by task_app_b; drop role task_app_b;
        end if;
      end $$`);
    const { items } = await cluster.core.listNamespacedSecret({ namespace, fieldSelector: `metadata.name=${name}` });
    if (items.length > 0) await cluster.core.deleteNamespacedSecret({ namespace, name });
  }

  beforeAll(removeSecondRole);
  afterAll(removeSecondRole);

  it('is rotated by a second role, a new Secret, a rollout and the removal of the old role, and no request fails', async () => {
    const load = await beginLoad();
    const password = randomBytes(16).toString('hex');
    await sql(`
      create role task_app_b login password '${password}';
      grant connect on database tasktracker_task to task_app_b;
      grant usage on schema public to task_app_b;
      grant select, insert, update, delete on all tables in schema public to task_app_b;
      revoke insert, update, delete on _prisma_migrations from task_app_b;
      grant usage on all sequences in schema public to task_app_b;
      alter default privileges for role task_migrate in schema public grant select, insert, update, delete on tables to task_app_b;
      alter default privileges for role task_migrate in schema public grant usage on sequences to task_app_b;`);
    const stringData = { url: `postgres://task_app_b:${password}@${release.name}-postgres:5432/tasktracker_task` };
    await cluster.core.createNamespacedSecret({ namespace, body: { metadata: { name }, stringData } });

    const old = (await release.pods('task')).filter(isServing);
    const values = valuesWith({ services: { task: { database: { app: { existingSecret: name } } } } });
    await helm.upgrade(release.name, values, 180);
    await release.serving('task', 2);
    await podsGone(cluster, namespace, old);
    await sql('drop owned by task_app; drop role task_app;');
    await load.answersWell(250);
    const result = await endLoad(load, 'a rotated password');
    expect(unexpectedOutcomes(result)).toEqual([]);
    expect(await sql("select usename from pg_stat_activity where usename like 'task%'")).toContain('task_app_b');
  });
});
