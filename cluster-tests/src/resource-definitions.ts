import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadYaml, type V1CustomResourceDefinition } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { runCommand } from './command.ts';
import { eventually, met, unmet } from './eventually.ts';
import { nameOf } from './name-of.ts';
import { runLabel } from './namespaces.ts';

/** Definitions that production values and `k8s/` need; they come from Go modules, checked by Go's checksum database. */
const sources = [
  {
    module: 'sigs.k8s.io/gateway-api@v1.4.1',
    file: 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
  },
  {
    module: 'github.com/cloudnative-pg/cloudnative-pg@v1.27.0',
    file: 'config/crd/bases/postgresql.cnpg.io_clusters.yaml',
  },
] as const;

/** Makes those definitions that the cluster lacks; returns why some were not available. */
export async function ensureDefinitions(cluster: Cluster, run: string): Promise<string[]> {
  const missing: string[] = [];
  for (const { module, file } of sources) {
    const folder = await moduleFolder(module);
    if (folder === undefined) missing.push(`${module} could not be downloaded with go`);
    else await ensureDefinition(cluster, run, loadYaml(readFileSync(join(folder, file), 'utf8')));
  }
  return missing;
}

async function ensureDefinition(cluster: Cluster, run: string, body: V1CustomResourceDefinition): Promise<void> {
  const name = nameOf(body);
  const { items } = await cluster.definitions.listCustomResourceDefinition();
  if (items.some((item) => nameOf(item) === name)) return;
  const metadata = { ...body.metadata, labels: { ...body.metadata?.labels, [runLabel]: run } };
  await cluster.definitions.createCustomResourceDefinition({ body: { ...body, metadata } });
  await eventually(`the definition ${name} established`, 30_000, async () => {
    const { status } = await cluster.definitions.readCustomResourceDefinition({ name });
    const established = status?.conditions?.find(({ type }) => type === 'Established');
    return established?.status === 'True' ? met() : unmet(JSON.stringify(status?.conditions));
  });
}

/** Deletes the definitions this run made. */
export async function deleteTestDefinitions(cluster: Cluster, run: string): Promise<void> {
  const { items } = await cluster.definitions.listCustomResourceDefinition({ labelSelector: `${runLabel}=${run}` });
  for (const item of items) await cluster.definitions.deleteCustomResourceDefinition({ name: nameOf(item) });
}

async function moduleFolder(module: string): Promise<string | undefined> {
  try {
    const { code, stdout } = await runCommand('go', ['mod', 'download', '-json', module], { withinMs: 120_000 });
    if (code !== 0) return undefined;
    const { Dir }: { Dir: string } = JSON.parse(stdout);
    return Dir;
  } catch {
    return undefined; // no go on the PATH
  }
}
