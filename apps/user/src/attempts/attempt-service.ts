import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { removeOldAttempts } from './attempt-housekeeping.ts';
import type { AttemptKey, AttemptRepository, Device } from './attempt-repository.ts';
import type { AttemptLimit } from './attempt.ts';
import { createCounting, refuseUnlessAllowed, type Counter } from './attempt-counting.ts';
import { createKnownNetworks, type KnownNetworks } from './known-networks.ts';
import { networkOf } from '@tasktracker/service-kit';

/** Whose password is tried: an account, or what was typed if it is nobody's. */
type Subject = { readonly accountId: bigint } | { readonly name: string };

interface PasswordTry {
  readonly address: string;
  readonly subject: Subject;
  /** Whose access token came along. */
  readonly sessionId?: bigint | undefined;
}

/** One try, within its limits as far as is known. */
export interface Attempt {
  /** Whether it comes from a device or session that is known. */
  readonly isKnown: boolean;
  /** Counts it as failed, right before it is made. Throws TooManyRequests if others came first. */
  count(): Promise<void>;
  /** It did not fail after all, and counts no more: before what else is to be done, or many at once refuse each other. */
  passed(): Promise<void>;
  /** As `passed`, and its network is known from now on. */
  succeed(): Promise<void>;
}

/** Limits tries of passwords, and registrations, over all replicas (ADR 0036). */
export interface AttemptService {
  /** Throws TooManyRequests. */
  beginPassword(passwordTry: PasswordTry): Promise<Attempt>;
  /** Throws TooManyRequests. */
  beginRegistration(address: string): Promise<Pick<Attempt, 'count'>>;
  /** A wrong secret of a service. Throws TooManyRequests. */
  beginClient(address: string): Promise<Pick<Attempt, 'count'>>;
  /** Whether somebody has signed in from there, or may have: as long as this process can't know. */
  isKnownNetwork(address: string): boolean;
  /** Reads from where people have signed in by other replicas. */
  refreshNetworks(): Promise<void>;
  /** Deletes what no limit looks at any more; gives how many rows. */
  removeOld(): Promise<number>;
}

export interface AttemptLimits {
  readonly account: AttemptLimit;
  readonly address: AttemptLimit;
  readonly registration: AttemptLimit;
}

interface AttemptServiceOptions {
  readonly attempts: AttemptRepository;
  readonly limits: AttemptLimits;
  /** Hashes what is counted: nobody who reads the table learns an address or what was typed. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
}

const keyBytes = 16;

export function createAttemptService(options: AttemptServiceOptions): AttemptService {
  const { attempts, limits, secret, clock } = options;
  const toKey = (text: string): AttemptKey =>
    createHmac('sha256', secret).update(text).digest().subarray(0, keyBytes).toString('hex');

  const toNetworkKey = (address: string): AttemptKey => toKey(`network ${networkOf(address)}`);

  const networks = createKnownNetworks(attempts, clock);
  const toAttempt = createAttempts({ attempts, networks, clock });

  async function begin(
    all: (isKnown: boolean) => readonly Counter[],
    device: Device | undefined,
    isSession: boolean,
  ): Promise<Attempt> {
    const every = all(true);
    const read = await attempts.read(
      every.map(({ key }) => key),
      device,
    );
    const isKnown = isSession || read.isKnown;
    const timesOf = new Map(every.map(({ key }, index) => [key, read.times[index] ?? []]));
    const counters = all(isKnown).filter(({ limit }) => limit.most > 0);
    const times = counters.map(({ key }) => timesOf.get(key) ?? []);
    refuseUnlessAllowed(counters, times, clock().getTime());
    return toAttempt({ isKnown, device, counters, times });
  }

  return {
    beginPassword({ address, subject, sessionId }) {
      const network = networkOf(address);
      const whose = 'accountId' in subject ? `account ${subject.accountId}` : `name ${subject.name}`;
      const device =
        'accountId' in subject ? { accountId: subject.accountId, network: toNetworkKey(address) } : undefined;
      const own = sessionId === undefined ? `device ${whose} ${network}` : `session ${sessionId}`;
      const countersFor = (isKnown: boolean): Counter[] => [
        { key: toKey(`address ${network}`), limit: limits.address, decides: !isKnown },
        { key: toKey(whose), limit: limits.account, decides: !isKnown },
        ...(isKnown ? [{ key: toKey(own), limit: limits.account, decides: true, isOwn: true }] : []),
      ];
      return begin(countersFor, device, sessionId !== undefined);
    },
    beginRegistration(address) {
      const key = toKey(`registration ${networkOf(address)}`);
      return begin(() => [{ key, limit: limits.registration, decides: true }], undefined, false);
    },
    beginClient(address) {
      const key = toKey(`client ${networkOf(address)}`);
      return begin(() => [{ key, limit: limits.address, decides: true }], undefined, false);
    },
    isKnownNetwork: (address) => networks.has(toNetworkKey(address)),
    refreshNetworks: () => networks.refresh(),
    removeOld: () =>
      removeOldAttempts(attempts, clock(), Math.max(...Object.values(limits).map(({ windowMs }) => windowMs))),
  };
}

interface AttemptFacts {
  readonly isKnown: boolean;
  readonly device: Device | undefined;
  readonly counters: readonly Counter[];
  /** What was read of each counter. */
  readonly times: readonly (readonly number[])[];
}

interface AttemptParts extends Pick<AttemptServiceOptions, 'attempts' | 'clock'> {
  readonly networks: KnownNetworks;
}

function createAttempts({ attempts, networks, clock }: AttemptParts) {
  const count = createCounting(attempts, clock);
  return ({ isKnown, device, counters, times }: AttemptFacts): Attempt => {
    const keys = counters.map(({ key }) => key);
    let countedAt: number | undefined;
    const passed = async (): Promise<void> => {
      const time = countedAt;
      countedAt = undefined;
      if (time !== undefined) await attempts.takeBack(keys, time);
    };
    return {
      isKnown,
      async count() {
        if (counters.length > 0) countedAt = await count(counters, times);
      },
      passed,
      async succeed() {
        await passed();
        const slips = counters.filter(({ isOwn }, index) => isOwn && (times[index] ?? []).length > 0);
        if (slips.length > 0) await attempts.forget(slips.map(({ key }) => key));
        if (device === undefined) return;
        await attempts.remember(device, clock());
        networks.add(device.network);
      },
    };
  };
}
