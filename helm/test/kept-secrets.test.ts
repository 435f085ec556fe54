import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { chart } from '../src/readme.ts';
import { hasHelm, named, needsHelm, temporaryFolder, type Manifest } from './render.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));

/** What `lookup` asks a cluster: which kinds there are, and objects by name. This one only has Secrets. */
async function startCluster(secrets: Record<string, Record<string, string>>): Promise<string> {
  const kinds = ['Secret', 'ServiceAccount'].map((kind) => ({
    kind,
    name: `${kind.toLowerCase()}s`,
    namespaced: true,
    verbs: ['get'],
  }));
  const answerTo = (path: string): object | undefined => {
    if (path === '/api/v1') return { kind: 'APIResourceList', groupVersion: 'v1', resources: kinds };
    const data = secrets[/^\/api\/v1\/namespaces\/default\/secrets\/(.+)$/.exec(path)?.[1] ?? ''];
    return data && { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: encoded(data) };
  };
  const server = createServer((request, response) => {
    const answer = answerTo((request.url ?? '').replace(/\?.*/, ''));
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { apiVersion: 'v1', kind: 'Status', reason: 'NotFound', code: 404 }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
}

/** The chart as an upgrade renders it in a cluster with these Secrets. */
async function upgrade(
  secrets: Record<string, Record<string, string>>,
  values: object,
): Promise<{ manifests: Manifest[]; refusal: string }> {
  const where = ['--dry-run=server', '--kube-apiserver', await startCluster(secrets), '--kube-version', '1.34.0'];
  return new Promise((done) => {
    const child = execFile(
      'helm',
      ['template', 'tasktracker', chart, ...where, '--namespace', 'default', '--values', '-'],
      { env: { PATH: process.env['PATH'], HOME: temporaryFolder(), KUBECONFIG: '/dev/null' }, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => {
        const documents = error ? [] : parseAllDocuments(stdout);
        const manifests = documents.map((document): Manifest | null => document.toJS()).filter((each) => each !== null);
        done({ manifests, refusal: error ? stderr : '' });
      },
    );
    child.stdin?.end(JSON.stringify(values));
  });
}

const inCluster = {
  'tasktracker-postgres': { password: 'the administrator’s' },
  'tasktracker-user-key-encryption-key': { key: 'the old key' },
  'tasktracker-user-database-app': { username: 'user_app', password: 'old', url: 'postgres://user_app:old@x/y' },
};

describe.runIf(hasHelm)('a Secret that the chart made before', needsHelm, () => {
  it('keeps its value, and its URL is made again from the password', async () => {
    const { manifests, refusal } = await upgrade(inCluster, {});
    expect(refusal).toBe('');
    const dataOf = (name: string) => named(manifests, 'Secret', `tasktracker-${name}`).data;
    expect(dataOf('postgres')).toEqual(encoded(inCluster['tasktracker-postgres']));
    expect(dataOf('user-key-encryption-key')).toEqual(encoded(inCluster['tasktracker-user-key-encryption-key']));
    expect(dataOf('user-database-app')).toEqual(
      encoded({
        username: 'user_app',
        password: 'old',
        url: 'postgres://user_app:old@tasktracker-postgres:5432/tasktracker_user',
      }),
    );
  });

  it('keeps both secrets of an identity that is being rotated', async () => {
    const identity = { secret: 'the-new-one-of-22-characters\nthe-old-one-of-22-characters' };
    const { manifests } = await upgrade({ ...inCluster, 'tasktracker-task-identity': identity }, {});
    expect(named(manifests, 'Secret', 'tasktracker-task-identity').data).toEqual(encoded(identity));
  });

  it.each([
    [
      'the key of a secret file',
      { services: { user: { secretFiles: { 'key-encryption-key': { key: 'kek' } } } } },
      'Secret tasktracker-user-key-encryption-key has no key "kek"',
    ],
    [
      'the key of the administrator’s password',
      { postgres: { passwordKey: 'x' } },
      'Secret tasktracker-postgres has no key "x"',
    ],
  ])(
    'is not overwritten when %s gets another name: that would lose the value that opens the data',
    async (_what, values, words) => {
      const { refusal } = await upgrade(inCluster, values);
      expect(refusal).toContain(words);
      expect(refusal).toContain('Copy its value to that key');
    },
  );

  it('is read under its new name once the value has been copied there', async () => {
    const copied = { ...inCluster, 'tasktracker-postgres': { password: 'old', x: 'old' } };
    const { manifests } = await upgrade(copied, { postgres: { passwordKey: 'x' } });
    expect(named(manifests, 'Secret', 'tasktracker-postgres').data).toEqual(encoded({ x: 'old' }));
  });

  it("is not overwritten when it lacks the role's password", async () => {
    const { refusal } = await upgrade({ 'tasktracker-task-database-app': { url: 'postgres://mine' } }, {});
    expect(refusal).toContain('Secret tasktracker-task-database-app has no key "password"');
  });
});
