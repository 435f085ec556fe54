import type { Cluster } from './cluster.ts';
import type { PodState } from './pods.ts';

/** What pods warn of, gathered while they live: one that was replaced has no log any more. */
export interface PodWarnings {
  /** The pods' own warnings about requests whose ids begin so, and the cluster's about the namespace's objects. */
  about(requestIds: string): Promise<string>;
  stop(): void;
}

const pollMs = 3_000;
/** More than a poll's distance, so that a late one misses nothing. A pod that ends drains for longer. */
const sinceSeconds = 8;
const mostLines = 2_000;
const shownLines = 25;
const shownCharacters = 700;

/** Reads, again and again, the last seconds of the log of every pod that `list` gives. */
export function watchPodWarnings(
  cluster: Cluster,
  namespace: string,
  list: () => Promise<readonly PodState[]>,
): PodWarnings {
  const lines = new Set<string>();

  async function read({ name, container }: PodState): Promise<void> {
    const log = await cluster.core.readNamespacedPodLog({ namespace, name, container, sinceSeconds });
    for (const line of log.split('\n')) {
      if (lines.size < mostLines && /"level":"(?:warn|error|fatal)"/.test(line)) lines.add(`${name}: ${line}`);
    }
  }

  /** A log that can't be read now may be the next time: the API, or the pod's container, may be away for a moment. */
  async function look(): Promise<void> {
    const pods = await list().catch(() => []);
    await Promise.allSettled(pods.filter(({ phase }) => phase === 'Running').map(read));
  }
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, pollMs);

  return {
    async about(requestIds) {
      await looking;
      const own = [...lines].filter((line) => line.includes(requestIds)).slice(0, shownLines);
      const shown = own.map((line) => line.slice(0, shownCharacters));
      return [...shown, ...(await namespaceWarnings(cluster, namespace))].join('\n') || 'the pods warned of nothing';
    },
    stop: () => clearInterval(timer),
  };
}

async function namespaceWarnings(cluster: Cluster, namespace: string): Promise<string[]> {
  const { items } = await cluster.core.listNamespacedEvent({ namespace, fieldSelector: 'type=Warning' });
  return items
    .slice(-shownLines)
    .map(
      ({ lastTimestamp, count = 1, involvedObject, reason, message }) =>
        `${lastTimestamp?.toISOString() ?? ''} ${count}× ${involvedObject.name}: ${reason}: ${message}`,
    );
}
