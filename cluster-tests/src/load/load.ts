import { readFileSync } from 'node:fs';
import type { Cluster } from '../cluster.ts';
import { eventually, met, unmet } from '../eventually.ts';
import { execInPod } from '../pod-exec.ts';
import type { LoadPlan, LoadProgress, LoadResult } from './load-plan.ts';

const programs = ['load-generator.ts', 'load-ledger.ts', 'load-requests.ts', 'send-request.ts'];

/** A line of more than 16 KiB is several in the log, and is read as one if all of them are asked for. */
const tailLines = 60;

export interface Load {
  readonly name: string;
  readonly progress: () => Promise<LoadProgress>;
  /** Waits until this many more requests have had good answers. */
  readonly answersWell: (more: number, withinMs?: number) => Promise<LoadProgress>;
  /** Tells it to stop once its minimum is sent, and returns what it counted. */
  readonly stop: (withinMs?: number) => Promise<LoadResult>;
  readonly remove: () => Promise<void>;
}

/** Starts a load pod from an image with Node; its programs, plan and tokens are mounted from a Secret of its own. */
export async function startLoad(cluster: Cluster, namespace: string, image: string, plan: LoadPlan): Promise<Load> {
  const { name } = plan;
  const where = { namespace, name, container: 'load' };
  const stringData: Record<string, string> = { 'package.json': '{"type":"module"}', 'plan.json': JSON.stringify(plan) };
  for (const file of programs) stringData[file] = readFileSync(new URL(file, import.meta.url), 'utf8');
  await cluster.core.createNamespacedSecret({ namespace, body: { metadata: { name }, stringData } });
  await cluster.core.createNamespacedPod({ namespace, body: loadPod(name, image) });

  const lastLine = async (): Promise<LoadProgress | LoadResult | undefined> => {
    const log = await cluster.core.readNamespacedPodLog({ namespace, name, tailLines });
    return parseLine(log.trimEnd().split('\n').at(-1) ?? '', name);
  };
  const progress = async (): Promise<LoadProgress> => {
    const last = await lastLine();
    if (last?.event === 'progress') return last;
    if (last?.event === 'result') throw new Error(`${name} ended by itself: ${last.why}`);
    throw new Error(`${name} has not written yet`);
  };
  return {
    name,
    progress,
    answersWell: async (more, withinMs = 60_000) => {
      const before = (await eventually(`a line of ${name}`, withinMs, async () => met(await progress()))).ok;
      return eventually(`${more} more good answers to ${name}`, withinMs, async () => {
        const now = await progress();
        return now.ok - before >= more ? met(now) : unmet(JSON.stringify(now));
      });
    },
    stop: async (withinMs = 300_000) => {
      await execInPod(cluster, where, ['node', '-e', "process.kill(1, 'SIGTERM')"]);
      return eventually(`the result of ${name}`, withinMs, async () => {
        const last = await lastLine();
        return last?.event === 'result' ? met(last) : unmet(JSON.stringify(last));
      });
    },
    remove: async () => {
      await cluster.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
      await cluster.core.deleteNamespacedSecret({ namespace, name });
    },
  };
}

function parseLine(line: string, name: string): LoadProgress | LoadResult | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${name} wrote: ${line.slice(-2_000)}`);
  }
}

function loadPod(name: string, image: string): object {
  return {
    metadata: { name, labels: { 'tasktracker.test/load': name } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'load',
          image,
          command: ['node', '/load/load-generator.ts', '/load/plan.json'],
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'load', mountPath: '/load', readOnly: true }],
        },
      ],
      volumes: [{ name: 'load', secret: { secretName: name } }],
    },
  };
}
