import { services } from '@tasktracker/contracts/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allTasks, callApi, createAccount, signIn } from '../src/api-call.ts';
import { succeed } from '../src/command.ts';
import { eventually, met, unmet } from '../src/eventually.ts';
import { mergeValues } from '../src/merge-values.ts';
import { describePods, isServing, listPods } from '../src/pods.ts';
import { connectsTo } from '../src/probe-connections.ts';
import { components, createRelease, portOf, type Release } from '../src/release.ts';
import { cluster, helm, kubeconfig, namespace, plainValues, reach, release, startFromBaseline } from '../src/suite.ts';

const owners = services.filter(({ database }) => database);
const other = createRelease(cluster, namespace, 'other');
const otherValues = mergeValues(plainValues, { defaults: { replicas: 1 } });

/** What there was besides the first release before there was a second. */
let alone: string[] = [];

/** The other release with its data; an interrupted run may have left it. */
async function removeOther(): Promise<void> {
  await helm.uninstallIfThere(other.name, 180);
  await other.drained();
  await paste(`kubectl --namespace ${namespace} delete persistentvolumeclaims,secrets --selector ${other.selector()}`);
  await eventually('no pod of the other release', 60_000, async () => {
    const pods = await listPods(cluster, namespace, other.selector());
    return pods.length === 0 ? met() : unmet(describePods(pods));
  });
}

beforeAll(async () => {
  await startFromBaseline();
  await removeOther();
  alone = await objectsBeside(release);
  await helm.install(other.name, otherValues, 180);
});
afterAll(removeOther);

/** A line of the NOTES, run as it is, where the cluster under test is the only one known. */
function paste(line: string): Promise<string> {
  return succeed('bash', ['-c', line], { env: { KUBECONFIG: kubeconfig } });
}

/** Every object of the namespace without the release's label, `kind/name`. */
async function objectsBeside({ name }: Release): Promise<string[]> {
  const listed = await paste('kubectl api-resources --namespaced --verbs=list --output=name');
  const kinds = listed
    .split('\n')
    .filter((kind) => kind !== '' && !kind.startsWith('events') && !kind.includes('metrics.k8s.io'));
  const found = await paste(
    `kubectl --namespace ${namespace} get ${kinds.join(',')} --selector app.kubernetes.io/instance!=${name} --output=name --ignore-not-found`,
  );
  return [...new Set(found.split('\n').filter((line) => line !== ''))].toSorted();
}

/** Waits until the first release is joined by what was there before the second, and by exactly these. */
function leftAre(left: readonly string[]): Promise<undefined> {
  const expected = [...alone, ...left].toSorted();
  return eventually(`${left.length} objects left of the other release`, 120_000, async () => {
    const found = await objectsBeside(release);
    const surplus = found.filter((name) => !expected.includes(name));
    const lacking = expected.filter((name) => !found.includes(name));
    return surplus.length + lacking.length === 0
      ? met()
      : unmet(`too many: ${surplus.join(', ')}; lacking: ${lacking.join(', ')}`);
  });
}

describe('two releases in one namespace', () => {
  it("do not see each other's accounts", async () => {
    const mine = await createAccount(await reach('gateway'));
    const theirs = await reach('gateway', other);
    await expect(signIn(theirs, mine)).rejects.toThrow(/401/);
    expect((await callApi(theirs, 'GET', '/api/v1/tasks', { token: mine.token })).status).toBe(401);
  });

  it('send requests to their own pods alone', async () => {
    for (const { name } of components) {
      for (const each of [release, other]) {
        const serving = (await each.pods(name)).filter(isServing).map(({ ip }) => ip);
        expect((await each.endpoints(name)).toSorted()).toEqual(serving.toSorted());
      }
    }
  });

  it("cannot connect to each other's services or Postgres", async () => {
    for (const [from, to] of [
      [release, other],
      [other, release],
    ] as const) {
      const pods = (await Promise.all([...components.map(({ name }) => name), 'postgres'].map(to.pods))).flat();
      const targets = pods.map(({ name, ip, component }) => ({ label: name, host: ip, port: portOf(component) }));
      for (const { name, port } of [...components, { name: 'postgres', port: portOf('postgres') }]) {
        const source = { pod: await from.servingPod(name), port, namespace };
        expect(await connectsTo(cluster, source, targets)).toEqual([]);
      }
    }
  });
});

describe('helm uninstall', () => {
  it('leaves the volume and the Secrets that open it, and nothing else; installed again, it serves the old data', async () => {
    const before = await reach('gateway', other);
    const account = await createAccount(before);
    const json = { title: 'still here' };
    expect((await callApi(before, 'POST', '/api/v1/tasks', { token: account.token, json })).status).toBe(201);

    await helm.uninstall(other.name, 180);
    const secrets = owners.flatMap(({ name }) => [`${name}-database-app`, `${name}-database-migration`]);
    const kept = ['postgres', 'user-key-encryption-key', 'task-identity', ...secrets].map(
      (name) => `secret/other-tasktracker-${name}`,
    );
    await leftAre(['persistentvolumeclaim/data-other-tasktracker-postgres-0', ...kept]);

    await helm.install(other.name, otherValues, 180);
    const again = await reach('gateway', other);
    const { tasks } = await allTasks(again, (await signIn(again, account)).token);
    expect(tasks.map(({ title }) => title)).toEqual(['still here']);
    expect((await callApi(again, 'GET', '/api/v1/tasks', { token: account.token })).status).toBe(200);
  });

  it('says so in its NOTES, with the line that removes the rest', async () => {
    const notes = await helm.notes(other.name);
    expect(notes.replaceAll(/\s+/g, ' ')).toContain('keeps the volume and the Secrets that open it');
    const line = notes.split('\n').find((text) => /kubectl .* delete .*persistentvolumeclaims/.test(text)) ?? '';
    await helm.uninstall(other.name, 180);
    await paste(line);
    await leftAre([]);
    const pods = await release.servicePods();
    expect(pods.filter((pod) => !isServing(pod)).map(({ name }) => name)).toEqual([]);
    expect(pods).toHaveLength(components.length * 2);
    expect(
      await paste(
        `kubectl --namespace ${namespace} get persistentvolumeclaims --selector ${release.selector()} --output=name`,
      ),
    ).not.toBe('');
  });
});
