import { lookup } from 'node:dns/promises';
import { ADDRCONFIG, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { callbackify, promisify } from 'node:util';

interface CachedName {
  addresses: readonly LookupAddress[];
  askedAt: number;
}

type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Below the 30 s that a connection lives: under load, the second connection after a move uses the new address. */
const freshForMs = 10_000;

/**
 * A `lookup` for connections to our own services, few names whose addresses outlive pods. Only the first caller waits
 * for DNS; from then on everybody gets the last answer at once, and one older than 10 s is refreshed in the background:
 * after a long pause one caller gets an old one. It is kept while DNS does not answer, and dropped when DNS says that
 * the name does not exist. (While pods start on two busy cores, an answer took up to 0.9 s.)
 */
export function createCachedLookup(
  resolve: Resolve = (hostname) => lookup(hostname, { all: true, hints: ADDRCONFIG }),
): LookupFunction {
  const names = new Map<string, CachedName>();
  const pending = new Map<string, Promise<readonly LookupAddress[]>>();

  async function ask(hostname: string): Promise<readonly LookupAddress[]> {
    try {
      const addresses = await resolve(hostname);
      names.set(hostname, { addresses, askedAt: performance.now() });
      return addresses;
    } catch (error) {
      if (isUnknownName(error)) names.delete(hostname);
      throw error;
    } finally {
      pending.delete(hostname);
    }
  }

  function askOnce(hostname: string): Promise<readonly LookupAddress[]> {
    const asked = pending.get(hostname) ?? ask(hostname);
    pending.set(hostname, asked);
    return asked;
  }

  async function addressesOf(hostname: string): Promise<readonly LookupAddress[]> {
    const cached = names.get(hostname);
    if (!cached) return askOnce(hostname);
    if (performance.now() - cached.askedAt > freshForMs) void askOnce(hostname).catch(() => undefined);
    return cached.addresses;
  }

  const callAddressesOf = callbackify(addressesOf);
  return (hostname, { all }, done) => {
    callAddressesOf(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (all || first === undefined) done(error, [...(addresses ?? [])]);
      else done(error, first.address, first.family);
    });
  };
}

/** One for the whole process, so that its pools ask for a name once. */
export const cachedLookup = createCachedLookup();

/**
 * Asks for the names of these origins, so that the first calls don't wait for DNS (in pods that started on two full
 * cores they failed: EAI_AGAIN). Resolves once all have an answer, or none can be had; never throws.
 */
export async function learnNames(origins: readonly string[]): Promise<void> {
  const ask = promisify(cachedLookup);
  await Promise.allSettled(origins.map((origin) => ask(new URL(origin).hostname, { all: true })));
}

function isUnknownName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTFOUND';
}
