import type { Lane } from './fair-lanes.ts';

/** Work that is on its way to a queue, counted by client. */
export interface AnnouncedWork {
  readonly total: number;
  /** Whether no client has more on its way than this one with one more. */
  wouldBeMost(lane: Lane): boolean;
  /** Counts one more until the function that is returned is called, which must be once. */
  add(lane: Lane): () => void;
}

export function createAnnouncedWork(): AnnouncedWork {
  const counts = new Map<string, number>();
  let total = 0;
  const countOf = (client: string): number => counts.get(client) ?? 0;

  function change(client: string, by: number): void {
    total += by;
    const count = countOf(client) + by;
    if (count > 0) counts.set(client, count);
    else counts.delete(client);
  }

  return {
    get total() {
      return total;
    },
    wouldBeMost: (lane) => countOf(clientOf(lane)) + 1 >= Math.max(1, ...counts.values()),
    add(lane) {
      const client = clientOf(lane);
      change(client, 1);
      return () => change(client, -1);
    },
  };
}

function clientOf({ class: of, client }: Lane): string {
  return `${of} ${client}`;
}
