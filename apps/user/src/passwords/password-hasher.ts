import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { Overloaded } from '@tasktracker/errors';
import type { Lane } from './fair-lanes.ts';
import { deferHashes } from './hash-threads.ts';
import { createWorkQueue, QueueFull, type WorkLimits } from './work-queue.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. See ADR 0012. */
const owaspCost: HashCost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** How the PHC string of argon2id begins, of its second version. */
const kind = '$argon2id$v=19$';

/** libuv has four threads; one stays free for name look-ups, files and key generation. */
const maxConcurrency = 3;

/** Half of a gateway's connections to this service: whoever wants no hash must find the others free. */
const maxWaiting = 64;
const maxWaitMs = 6_000;
const retryAfterSeconds = 2;
/** In a flood people who are known get in first; strangers still have a turn. */
const turns = { known: 4 };

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
  /**
   * Before any other work is done for a hash: throws Overloaded if too many are waiting for one of this lane. It counts
   * as one of them until the function that is returned is called.
   */
  announce(lane: Lane): () => void;
  /** The PHC string of a password. Throws Overloaded when too many hashes are waiting. */
  hash(password: string, turn?: HashTurn): Promise<string>;
  /**
   * Whether the password, as it was typed, has this hash. Without a hash the same work is done for nothing, so that
   * time does not reveal which names are known. Throws Overloaded when too many hashes are waiting.
   */
  verify(typed: string, passwordHash: string | undefined, turn?: HashTurn): Promise<PasswordVerdict>;
}

/** One core stays free for what hashes nothing, of this service and of its neighbours. */
function defaultLimits(): WorkLimits {
  const concurrency = Math.min(Math.max(1, availableParallelism() - 1), maxConcurrency);
  return { concurrency, maxWaiting, maxWaitMs };
}

export async function createPasswordHasher({
  limits = defaultLimits(),
  cost = owaspCost,
}: PasswordHasherOptions = {}): Promise<PasswordHasher> {
  const queue = createWorkQueue(limits, turns);
  const nobodysHash = await hash(randomBytes(32).toString('base64'), cost);
  deferHashes();

  async function inTurn<T>(turn: HashTurn | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await queue.run(async () => {
        await turn?.before?.();
        return work();
      }, turn?.lane);
    } catch (error) {
      throw toProblem(error);
    }
  }

  /** Once, and once more as typed where that is not NFC: hashes were made of that before. */
  async function judge(typed: string, passwordHash: string): Promise<PasswordVerdict> {
    const password = typed.normalize('NFC');
    if (await verify(passwordHash, password)) return isOutdated(passwordHash, cost) ? 'outdated' : 'right';
    return typed !== password && (await verify(passwordHash, typed)) ? 'outdated' : 'wrong';
  }

  return {
    announce(lane) {
      try {
        return queue.announce(lane);
      } catch (error) {
        throw toProblem(error);
      }
    },
    hash: (password, turn) => inTurn(turn, () => hash(password.normalize('NFC'), cost)),
    verify: async (typed, passwordHash, turn) => {
      const verdict = await inTurn(turn, () => judge(typed, passwordHash ?? nobodysHash));
      return passwordHash === undefined ? 'wrong' : verdict;
    },
  };
}

function isOutdated(passwordHash: string, cost: HashCost): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(passwordHash);
  const isAsNow = memoryCost === cost.memoryCost && timeCost === cost.timeCost && parallelism === cost.parallelism;
  return !isAsNow || !passwordHash.startsWith(kind);
}

function toProblem(error: unknown): unknown {
  return error instanceof QueueFull ? new Overloaded(retryAfterSeconds) : error;
}
