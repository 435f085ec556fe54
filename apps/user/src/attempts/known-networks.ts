import type { Clock } from '../clock.ts';
import type { AttemptRepository } from './attempt-repository.ts';

/**
 * Networks that somebody signed in from, of any account and by any replica: who comes from elsewhere can be turned away
 * without a look into the database, when strangers are too many.
 */
export interface KnownNetworks {
  /** `network`: its hash, in hex. Also true where that isn't known: nothing was read yet, or there are too many to keep. */
  has(network: string): boolean;
  add(network: string): void;
  /** Reads what was added since, by other replicas too. */
  refresh(): Promise<void>;
}

/** 5 MiB. Where there are more, nobody is turned away: who makes many known must not make others strangers. */
const mostNetworks = 50_000;
/** Transactions that were under way at the last look. */
const overlapMs = 60_000;

export function createKnownNetworks(
  { readNetworks }: Pick<AttemptRepository, 'readNetworks'>,
  clock: Clock,
): KnownNetworks {
  const networks = new Set<string>();
  let readUntil = new Date(0);
  let isRead = false;
  let isOverfull = false;

  function add(network: string): void {
    if (networks.size < mostNetworks) networks.add(network);
    else isOverfull ||= !networks.has(network);
  }

  return {
    has: (network) => !isRead || isOverfull || networks.has(network),
    add,
    async refresh() {
      const until = new Date(clock().getTime() - overlapMs);
      for (const network of await readNetworks(readUntil, mostNetworks + 1)) add(network);
      readUntil = until;
      isRead = true;
    },
  };
}
