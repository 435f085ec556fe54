import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { ServiceUnavailable } from '@tasktracker/errors';
import { argon2id, hash, needsRehash, verify } from 'argon2';
import type { Lane } from './fair-lanes.ts';
import { createWorkQueue, QueueFull, type WorkLimits } from './work-queue.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. See ADR 0012. */
const owaspCost: HashCost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** libuv has four threads; one stays free for name look-ups, files and key generation. */
const maxConcurrency = 3;

/** At 12 to 38 ms a hash the last in the queue waits 1.5 to 5 s; where hashing is slower, nobody waits longer. */
const waitingPerPermit = 128;
const maxWaitMs = 5_000;
const retryAfterSeconds = 2;

/** The parameters of argon2id: memory in KiB, passes, lanes. */
interface HashCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

interface PasswordHasherOptions {
  readonly limits?: WorkLimits;
  /** For tests of all but the hash itself. */
  readonly cost?: HashCost;
}

/** `outdated`: right, but hashed with parameters other than today's, or before passwords were normalised. */
type PasswordVerdict = 'right' | 'outdated' | 'wrong';

/** How a hash takes its turn among others. */
export interface HashTurn {
  readonly lane: Lane;
  /** Comes right before the work, when its turn has come; what it throws takes the work's place. */
  readonly before?: () => Promise<void>;
}

/** Passwords are compared by NFC, as RFC 8265 has it: what keyboards and systems spell differently is the same. */
export interface PasswordHasher {
  /** The PHC string of a password. Throws ServiceUnavailable when too many hashes are waiting. */
  hash(password: string, turn?: HashTurn): Promise<string>;
  /**
   * Whether the password, as it was typed, has this hash. Without a hash the same work is done for nothing, so that
   * time does not reveal which names are known. Throws ServiceUnavailable when too many hashes are waiting.
   */
  verify(typed: string, passwordHash: string | undefined, turn?: HashTurn): Promise<PasswordVerdict>;
}

function defaultLimits(): WorkLimits {
  const concurrency = Math.min(availableParallelism(), maxConcurrency);
  return { concurrency, maxWaiting: concurrency * waitingPerPermit, maxWaitMs };
}

export async function createPasswordHasher({
  limits = defaultLimits(),
  cost = owaspCost,
}: PasswordHasherOptions = {}): Promise<PasswordHasher> {
  const parameters = { ...cost, type: argon2id } as const;
  const queue = createWorkQueue(limits);
  const nobodysHash = await hash(randomBytes(32).toString('base64'), parameters);

  async function inTurn<T>(turn: HashTurn | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await queue.run(async () => {
        await turn?.before?.();
        return work();
      }, turn?.lane);
    } catch (error) {
      throw error instanceof QueueFull ? new ServiceUnavailable(retryAfterSeconds, error) : error;
    }
  }

  /** Once, and once more as typed where that is not NFC: hashes were made of that before. */
  async function judge(typed: string, passwordHash: string): Promise<PasswordVerdict> {
    const password = typed.normalize('NFC');
    if (await verify(passwordHash, password)) return needsRehash(passwordHash, parameters) ? 'outdated' : 'right';
    return typed !== password && (await verify(passwordHash, typed)) ? 'outdated' : 'wrong';
  }

  return {
    hash: (password, turn) => inTurn(turn, () => hash(password.normalize('NFC'), parameters)),
    verify: async (typed, passwordHash, turn) => {
      const verdict = await inTurn(turn, () => judge(typed, passwordHash ?? nobodysHash));
      return passwordHash === undefined ? 'wrong' : verdict;
    },
  };
}
