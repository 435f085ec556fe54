import type { Clock } from '../clock.ts';
import type { AttemptRepository } from './attempt-repository.ts';

/**
 * Networks that somebody signed in from, of any account and by any replica: who comes from elsewhere can be turned away
 * without a look into the database, when strangers are too many.
 */
export interface KnownNetworks {
  /** `network`: its hash, in hex. */
  has(network: string): boolean;
  add(network: string): void;
  /** Reads what was added since, by other replicas too. */
  refresh(): Promise<void>;
}

/** 5 MiB; who was seen longest ago is then a stranger in a flood. */
const mostNetworks = 50_000;
/** Transactions that were under way at the last look. */
const overlapMs = 60_000;

export function createKnownNetworks(
  { readNetworks }: Pick<AttemptRepository, 'readNetworks'>,
  clock: Clock,
): KnownNetworks {
  /** Those that were seen last come last. */
  const networks = new Set<string>();
  let readUntil = new Date(0);

  function add(network: string): void {
    networks.delete(network);
    networks.add(network);
    const [oldest] = networks;
    if (networks.size > mostNetworks && oldest !== undefined) networks.delete(oldest);
  }

  return {
    has: (network) => networks.has(network),
    add,
    async refresh() {
      const until = new Date(clock().getTime() - overlapMs);
      for (const network of await readNetworks(readUntil, mostNetworks)) add(network);
      readUntil = until;
    },
  };
}
