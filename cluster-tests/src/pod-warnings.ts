import { Writable } from 'node:stream';
import type { Cluster } from './cluster.ts';
import type { PodState } from './pods.ts';

/** What pods warn of, gathered while they live: one that was replaced has no log any more. */
export interface PodWarnings {
  /** The pods' own warnings about requests whose ids begin so, and the cluster's about the namespace's objects. */
  about(requestIds: string): Promise<string>;
  stop(): void;
}

const pollMs = 3_000;
const mostLines = 2_000;
const shownLines = 25;
const shownCharacters = 700;

/** Follows the log of every pod that `list` gives, from its first line on. */
export function watchPodWarnings(
  cluster: Cluster,
  namespace: string,
  list: () => Promise<readonly PodState[]>,
): PodWarnings {
  const followed = new Map<string, Promise<AbortController | undefined>>();
  const lines: string[] = [];

  const follow = ({ name, container }: PodState): Promise<AbortController | undefined> =>
    cluster.logs
      .log(namespace, name, container, byLine(keepWarning(name)), { follow: true, sinceSeconds: 1 })
      .catch(() => undefined);
  const keepWarning = (pod: string) => (line: string) => {
    if (lines.length < mostLines && /"level":"(?:warn|error|fatal)"/.test(line)) lines.push(`${pod}: ${line}`);
  };
  const look = async (): Promise<void> => {
    for (const pod of await list()) {
      if (pod.phase === 'Running' && !followed.has(pod.uid)) followed.set(pod.uid, follow(pod));
    }
  };
  // A look that fails is followed by another one: the API may be away for a moment.
  const timer = setInterval(() => void look().catch(() => undefined), pollMs);

  return {
    async about(requestIds) {
      const own = lines.filter((line) => line.includes(requestIds)).slice(0, shownLines);
      const shown = own.map((line) => line.slice(0, shownCharacters));
      return [...shown, ...(await namespaceWarnings(cluster, namespace))].join('\n') || 'the pods warned of nothing';
    },
    stop() {
      clearInterval(timer);
      for (const following of followed.values()) void following.then((stop) => stop?.abort());
    },
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

function byLine(take: (line: string) => void): Writable {
  let rest = '';
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const [...whole] = (rest + chunk.toString('utf8')).split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) take(line);
      done();
    },
  });
}
