import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { callApi, createAccount } from '../src/api-call.ts';
import { eventually, met, unmet } from '../src/eventually.ts';
import { execInPod } from '../src/pod-exec.ts';
import { killPod } from '../src/pod-faults.ts';
import { components, type Component } from '../src/release.ts';
import { sql } from '../src/suite-sql.ts';
import { cluster, namespace, reach, release, startFromBaseline } from '../src/suite.ts';

beforeAll(async () => {
  await startFromBaseline();
  await release.drained();
});

const secretName = `${release.name}-task-identity`;
const files = { task: '/etc/tasktracker/secrets/identity', user: '/etc/tasktracker/service-clients/task' };

async function inPod(name: string, container: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await execInPod(cluster, { namespace, name, container }, ['bash', '-c', script]);
  if (code !== 0) throw new Error(`${name}: ${stderr}`);
  return stdout;
}

/** Somebody with a task, who leaves; resolves when the task is gone. */
async function leaveForGood(url: string): Promise<void> {
  const { username, password, token } = await createAccount(url);
  const created = await callApi(url, 'POST', '/api/v1/tasks', { token, json: { title: username } });
  expect(created.status, created.text).toBe(201);
  const count = `select count(*) from tasks where title = '${username}'`;
  expect((await sql(count)).trim()).toBe('1');
  const json = { current_password: password };
  expect((await callApi(url, 'DELETE', '/api/v1/auth/me', { token, json })).status).toBe(204);
  const deletedAt = performance.now();
  await eventually('the end of the tasks of a deleted account', 10_000, async () => {
    const left = (await sql(count)).trim();
    return left === '0' ? met() : unmet(`${left} left`);
  });
  console.log(`tasks gone ${Math.round(performance.now() - deletedAt)} ms after their account`);
}

/** A kubelet renews the files of a pod each minute or so, and at once when an annotation of the pod changes. */
async function arrives(component: 'user' | 'task', secrets: readonly string[]): Promise<void> {
  for (const { name, container } of await release.serving(component, 2)) {
    const path = '/metadata/annotations/tasktracker.test~1renewed';
    const body = [{ op: 'add', path, value: randomBytes(4).toString('hex') }];
    await cluster.core.patchNamespacedPod({ namespace, name, body });
    await eventually(`the new file in ${name}`, 150_000, async () => {
      const lines = (await inPod(name, container, `cat ${files[component]}`)).split('\n');
      return lines.join() === secrets.join() ? met() : unmet(`${lines.length} lines`);
    });
  }
}

async function statusFor(url: string, secret: string): Promise<number> {
  const call = { basic: `task:${encodeURIComponent(secret)}`, form: { grant_type: 'client_credentials' } };
  return (await callApi(url, 'POST', '/api/v1/auth/token', call)).status;
}

/** How often the logs of a component's pods say this. */
async function said(component: Component, words: string): Promise<number> {
  let lines = 0;
  for (const { name, container } of await release.pods(component)) {
    const log = await cluster.core.readNamespacedPodLog({ namespace, name, container });
    lines += log.split('\n').filter((line) => line.includes(words)).length;
  }
  return lines;
}

async function write(secrets: readonly string[]): Promise<void> {
  const value = Buffer.from(secrets.join('\n')).toString('base64');
  const body = [{ op: 'replace', path: '/data/secret', value }];
  await cluster.core.patchNamespacedSecret({ namespace, name: secretName, body });
  for (const component of ['user', 'task'] as const) await arrives(component, secrets);
}

const failures = async (): Promise<number[]> => [
  await said('user', 'client_refused'),
  await said('task', 'events could not be handled'),
];

describe('the deletion of an account', () => {
  it('reaches its tasks within seconds', async () => {
    await expect(leaveForGood(await reach('gateway'))).resolves.toBeUndefined();
  });
});

describe('the secret of a service', () => {
  it('can be read in its own pods and those of the user service alone', async () => {
    const readable: Record<string, string[]> = {};
    for (const { name } of components) {
      const pod = await release.servingPod(name);
      const script = 'for file in /etc/tasktracker/*/*; do if [ -r "$file" ]; then echo "$file"; fi; done';
      readable[name] = (await inPod(pod.name, pod.container, script)).split('\n').filter(Boolean);
    }
    expect(readable).toEqual({
      gateway: [],
      user: ['/etc/tasktracker/secrets/key-encryption-key', files.user],
      task: [files.task],
      stats: [],
    });
  });
});

describe('the rotation of a service’s secret', () => {
  it('goes by adding a second, using it and removing the first: neither is refused before, and events are heard', async () => {
    const url = await reach('gateway');
    const before = await failures();
    const { data } = await cluster.core.readNamespacedSecret({ namespace, name: secretName });
    const old = Buffer.from(data?.['secret'] ?? '', 'base64').toString('utf8');
    const next = randomBytes(32).toString('hex');
    for (const secrets of [[old, next], [next, old], [next]]) {
      await write(secrets);
      for (const secret of secrets) expect(await statusFor(url, secret)).toBe(200);
      await leaveForGood(url);
    }
    expect(await failures()).toEqual(before);
    expect(await statusFor(url, old)).toBe(401);
    // Those who had a token for the old one are gone.
    for (const pod of await release.serving('task', 2)) {
      await killPod(cluster, namespace, pod);
      await release.serving('task', 2);
    }
    await leaveForGood(url);
  });
});
