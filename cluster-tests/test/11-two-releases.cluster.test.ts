import { beforeAll, describe, expect, it } from 'vitest';
import { callApi, createAccount, signIn, taskTitles } from '../src/api-call.ts';
import { succeed } from '../src/command.ts';
import { eventually, met, unmet } from '../src/eventually.ts';
import { mergeValues } from '../src/merge-values.ts';
import { isServing } from '../src/pods.ts';
import { connectsTo } from '../src/probe-connections.ts';
import { components, createRelease, type Release } from '../src/release.ts';
import { cluster, helm, kubeconfig, namespace, plainValues, reach, release, startFromBaseline } from '../src/suite.ts';

const other = createRelease(cluster, namespace, 'other');
const otherValues = mergeValues(plainValues, { defaults: { replicas: 1 } });

beforeAll(async () => {
  await startFromBaseline();
  await helm.install(other.name, otherValues, 180);
});

/** A line of the NOTES, run as it stands where the cluster under test is the only one known. */
function paste(line: string): Promise<string> {
  return succeed('bash', ['-c', line], { env: { KUBECONFIG: kubeconfig } });
}

/** Every object of the namespace that carries the release's label, `kind/name`. */
async function objectsOf({ name }: Release): Promise<string[]> {
  const listed = await paste('kubectl api-resources --namespaced --verbs=list --output=name');
  const kinds = listed
    .split('\n')
    .filter((kind) => kind !== '' && !kind.startsWith('events') && !kind.includes('metrics.k8s.io'));
  const found = await paste(
    `kubectl --namespace ${namespace} get ${kinds.join(',')} --selector app.kubernetes.io/instance=${name} --output=name --ignore-not-found`,
  );
  return [...new Set(found.split('\n').filter((line) => line !== ''))].toSorted();
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
      const targets = pods.map(({ name, ip, component }) => ({
        label: name,
        host: ip,
        port: components.find((entry) => entry.name === component)?.port ?? 5432,
      }));
      const tries = components.map(async ({ name }) =>
        connectsTo(cluster, namespace, await from.servingPod(name), targets),
      );
      expect((await Promise.all(tries)).flat()).toEqual([]);
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
    const left = await eventually('nothing but the volume and the Secrets', 60_000, async () => {
      const names = await objectsOf(other);
      const others = names.filter((name) => !/^(persistentvolumeclaim|secret)\//.test(name));
      return others.length === 0 ? met(names) : unmet(others.join(', '));
    });
    expect(left.filter((name) => name.startsWith('persistentvolumeclaim/'))).toHaveLength(1);
    expect(left.filter((name) => name.startsWith('secret/')).length).toBeGreaterThan(4);

    await helm.install(other.name, otherValues, 180);
    const again = await reach('gateway', other);
    expect(await taskTitles(again, await signIn(again, account))).toEqual(['still here']);
    expect((await callApi(again, 'GET', '/api/v1/tasks', { token: account.token })).status).toBe(200);
  });

  it('says so in its NOTES, with the line that removes the rest', async () => {
    const notes = await helm.notes(other.name);
    expect(notes.replaceAll(/\s+/g, ' ')).toContain('keeps the volume and the Secrets that open it');
    const line = notes.split('\n').find((text) => /kubectl .* delete persistentvolumeclaims/.test(text)) ?? '';
    await helm.uninstall(other.name, 180);
    await paste(line);
    await eventually('nothing of the other release', 60_000, async () => {
      const names = await objectsOf(other);
      return names.length === 0 ? met() : unmet(names.join(', '));
    });
    expect((await release.servicePods()).every(({ ready }) => ready)).toBe(true);
    expect((await objectsOf(release)).some((name) => name.startsWith('persistentvolumeclaim/'))).toBe(true);
  });
});
