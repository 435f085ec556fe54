import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../src/command.ts';
import { repositoryRoot } from '../src/repository-root.ts';
import { ensureDefinitions } from '../src/resource-definitions.ts';
import { chart, cluster, helm, kubeconfig, namespace, run } from '../src/suite.ts';

/** What the API server says to manifests: unknown fields, refusals and warnings, those of Pod Security included. */
async function objections(manifests: string): Promise<string> {
  const args = ['create', '--dry-run=server', '--validate=strict', '--namespace', namespace, '--filename', '-'];
  const { code, stderr } = await runCommand('kubectl', args, { env: { KUBECONFIG: kubeconfig }, input: manifests });
  return code === 0 ? stderr : `ended with ${code}: ${stderr}`;
}

describe('the API server, asked in a dry run', () => {
  it('has no objection to the objects of the default values', async () => {
    expect(await objections(await helm.template('dry', []))).toBe('');
  });

  it('has none to those of the production values with Ingress and HTTPRoute, nor to the database clusters that go with them', async ({
    skip,
  }) => {
    const missing = await ensureDefinitions(cluster, run);
    skip(missing.length > 0, missing.join('; '));
    const route =
      '{"enabled":true,"parentRefs":[{"name":"public","namespace":"ingress"}],"hostnames":["tasks.example.com"]}';
    const values = ['--values', join(chart, 'values-production.yaml'), '--set-json', `httpRoute=${route}`];
    const production = await helm.template('dry', values);
    expect(await objections(production)).toBe('');
    expect(await objections(readFileSync(join(repositoryRoot, 'k8s/postgres.yaml'), 'utf8'))).toBe('');
  });

  it('would object to a field that does not exist', async () => {
    const manifests = await helm.template('dry', []);
    expect(await objections(manifests.replace('targetPort: http', 'targetPort: http, colour: red'))).toMatch(/colour/);
  });
});
