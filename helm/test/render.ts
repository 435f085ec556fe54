import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { chart } from '../src/readme.ts';

interface Variable {
  name: string;
  value?: string;
  valueFrom?: object;
}

interface Container {
  name: string;
  image: string;
  args: string[];
  env?: Variable[];
  volumeMounts?: { name: string; mountPath: string }[];
  securityContext: { allowPrivilegeEscalation: boolean; readOnlyRootFilesystem: boolean; capabilities: object };
  resources: { requests: Record<string, string>; limits: Record<string, string> };
}

export interface PodSpec {
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext: Record<string, unknown>;
  initContainers?: Container[];
  containers: Container[];
  volumes?: { name: string; projected?: Projection }[];
}

export interface Projection {
  defaultMode: number;
  sources: { secret: { name: string; optional?: boolean; items: { key: string; path: string }[] } }[];
}

interface PodTemplate {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
}

interface Peer {
  podSelector?: { matchLabels: Record<string, string> };
  ipBlock?: { cidr: string };
}

interface PolicyRule {
  ports: { port: number }[];
  from?: Peer[];
  to?: Peer[];
}

export interface Manifest {
  kind: string;
  metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  data?: Record<string, string>;
  spec: PodSpec & {
    replicas?: number;
    maxUnavailable?: number;
    selector: { matchLabels: Record<string, string> };
    template: PodTemplate;
    podSelector: { matchLabels: Record<string, string> };
    volumeClaimTemplates?: { metadata: { labels: Record<string, string> } }[];
    ingress?: PolicyRule[];
    egress?: PolicyRule[];
  };
}

/** Whether a program can be started here. */
function isOnPath(program: string): boolean {
  return spawnSync(program, ['version'], { stdio: 'ignore' }).error === undefined;
}

export const hasHelm: boolean = isOnPath('helm');
export const hasKubeScore: boolean = isOnPath('kube-score');

export const needsHelm = { meta: { needs: 'helm on the PATH' } };
export const needsKubeScore = { meta: { needs: 'helm and kube-score on the PATH' } };

/** Removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-chart-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export interface Rendering {
  /** Values merged over the chart's own. */
  readonly values?: object;
  readonly release?: string;
  readonly chartFolder?: string;
  /** Further arguments of `helm template`. */
  readonly args?: readonly string[];
}

/** `helm template`: its text, or what it said when it failed. */
export function tryRender({ values = {}, release = 'tasktracker', chartFolder = chart, args = [] }: Rendering = {}): {
  text: string;
  refusal: string;
} {
  const { status, stdout, stderr } = spawnSync(
    'helm',
    // Without a cluster helm assumes a Kubernetes version of its own age.
    ['template', release, chartFolder, '--kube-version', '1.34.0', '--values', '-', ...args],
    { input: JSON.stringify(values), encoding: 'utf8' },
  );
  return status === 0 ? { text: stdout, refusal: '' } : { text: '', refusal: stderr };
}

export function renderText(rendering?: Rendering): string {
  const { text, refusal } = tryRender(rendering);
  if (refusal !== '') throw new Error(refusal);
  return text;
}

export function render(rendering?: Rendering): Manifest[] {
  return parseAllDocuments(renderText(rendering))
    .map((document): Manifest | null => document.toJS())
    .filter((manifest) => manifest !== null);
}

/** Text with the values of Secrets replaced, because each rendering makes new ones. */
export function masked(text: string): string {
  return text
    .split('\n---\n')
    .map((part) =>
      /^kind: Secret$/m.test(part) ? part.replaceAll(/^( {2}[\w"-]+): [\w+/=]+$/gm, maskUnlessLabel) : part,
    )
    .join('\n---\n');
}

function maskUnlessLabel(line: string, key: string, offset: number, part: string): string {
  return offset > part.indexOf('\ndata:') ? `${key}: (generated)` : line;
}

export const productionValues: readonly string[] = ['--values', join(chart, 'values-production.yaml')];

/** The critical findings of kube-score. */
export function criticalFindings(text: string, folder: string): string[] {
  const file = join(folder, 'rendered.yaml');
  writeFileSync(file, text);
  const { stdout } = spawnSync('kube-score', ['score', '--output-format', 'ci', file], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.startsWith('[CRITICAL]'));
}

export function podTemplates(manifests: readonly Manifest[]): { manifest: Manifest; spec: PodSpec }[] {
  return manifests.flatMap((manifest) => {
    if (manifest.kind === 'Pod') return [{ manifest, spec: manifest.spec }];
    return ['Deployment', 'StatefulSet', 'Job'].includes(manifest.kind)
      ? [{ manifest, spec: manifest.spec.template.spec }]
      : [];
  });
}

/** The environment of a service's container, by name; a name that is there twice is an error. */
export function environmentOf(manifests: readonly Manifest[], service: string): Record<string, string | object> {
  const { spec } = named(manifests, 'Deployment', `tasktracker-${service}`).spec.template;
  const variables = spec.containers[0]?.env ?? [];
  const environment = variables.map(({ name, value, valueFrom }) => [name, value ?? valueFrom ?? ''] as const);
  if (new Set(variables.map(({ name }) => name)).size < variables.length) throw new Error(`twice in ${service}`);
  return Object.fromEntries(environment);
}

/** The migration Job of a service. */
export function migrationOf(manifests: readonly Manifest[], service: string): Manifest {
  const found = manifests.find(
    ({ kind, metadata }) => kind === 'Job' && metadata.labels['app.kubernetes.io/component'] === `${service}-migration`,
  );
  if (!found) throw new Error(`no migration of ${service}`);
  return found;
}

export function named(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}
