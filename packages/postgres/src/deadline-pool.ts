import { currentDeadline, type Deadline } from '@tasktracker/deadline';
import { DatabaseError, Pool, type PoolClient, type PoolConfig } from 'pg';
import { endWith } from './end-with.ts';
import { isDatabaseUnavailable } from './is-database-unavailable.ts';
import { SharedConnections } from './shared-connections.ts';

type Release = PoolClient['release'];
type Checkout = (error: Error | undefined, client: PoolClient | undefined, release: Release) => void;

export interface DeadlinePoolConfig extends PoolConfig {
  readonly max: number;
  /** The longest wait of work that has no deadline. */
  readonly acquireTimeoutMs: number;
  /** More are refused at once. */
  readonly maxWaiting: number;
}

interface Waiter {
  readonly since: number;
  readonly give: (client: PoolClient) => void;
  readonly fail: (error: unknown) => void;
}

const noRelease: Release = () => {};

/** Errors without a `code`, since Prisma hands on only those as they are. */
export class PoolOverloaded extends Error {}

/**
 * A pool whose connections spend the deadline of the request that is being answered: waiting for one, and all that is
 * done with it. Whoever runs out of time, or whose caller left, loses the connection two seconds later, at which Postgres
 * stops the statement (`client_connection_check_interval`).
 *
 * Those who wait get whichever connection is free first, oldest first. (pg-pool ties the one who finds all busy to a
 * new connection. While pods were starting on two full cores making one took over 5 s, and requests failed beside free
 * connections.)
 */
export class DeadlinePool extends Pool {
  readonly #config: DeadlinePoolConfig;
  readonly #waiting = new Set<Waiter>();
  /** Free connections on their way to somebody who waits. */
  #taken = 0;
  /** Connections that are being made. */
  #growing = 0;
  /** For statements that share a connection. They give theirs back as soon as anybody waits for whom none can be made. */
  readonly shared: SharedConnections;

  constructor(config: DeadlinePoolConfig) {
    super(config);
    this.#config = config;
    this.shared = new SharedConnections(
      async () => this.#giveBackWell(await this.#wait(currentDeadline())),
      () => this.ending || this.#isShort,
    );
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    this.shared.giveBack();
    return callback === undefined ? super.end() : super.end(callback);
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Checkout): void;
  override connect(callback?: Checkout): Promise<PoolClient> | void {
    const deadline = currentDeadline();
    if (callback === undefined) return this.#checkOut(deadline);
    // As util.callbackify does, which makes a function anew for each call. In a tick of its own: what the callback
    // throws is nobody's rejection.
    this.#checkOut(deadline).then(
      (client) => process.nextTick(callback, undefined, client, ((broken) => client.release(broken)) satisfies Release),
      (error: unknown) => process.nextTick(callback, error, undefined, noRelease),
    );
  }

  async #checkOut(deadline: Deadline | undefined): Promise<PoolClient> {
    const client = await this.#wait(deadline);
    const stopWatching = deadline && endWith(deadline, client);
    return this.#giveBackWell(client, stopWatching);
  }

  /** Whoever gives it back need not know what became of it. */
  #giveBackWell(client: PoolClient, stopWatching?: () => void): PoolClient {
    const release: Release = client.release.bind(client);
    client.release = (broken) => {
      stopWatching?.();
      // The server refused a statement, which is no fault of the connection; pg-pool would close it.
      release(broken instanceof DatabaseError && !isDatabaseUnavailable(broken) ? undefined : broken);
      this.#serve();
    };
    return client;
  }

  #wait(deadline: Deadline | undefined): Promise<PoolClient> {
    const signal = deadline?.signal ?? AbortSignal.timeout(this.#config.acquireTimeoutMs);
    if (this.#waiting.size >= this.#config.maxWaiting) {
      throw new PoolOverloaded(`${this.#waiting.size} wait for a connection to the database`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<PoolClient>();
    const done = (): void => {
      this.#waiting.delete(waiter);
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void =>
      waiter.fail(new Error('timeout exceeded when trying to connect', { cause: signal.reason }));
    const waiter: Waiter = {
      since: performance.now(),
      give: (client) => (done(), resolve(client)),
      fail: (error) => (done(), reject(error)),
    };
    this.#waiting.add(waiter);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else this.#serve();
    return promise;
  }

  /** Free connections go to those who wait; for each of the others one more is made, up to the maximum. */
  #serve(): void {
    if (this.ending) return this.#failAll(new Error('timeout exceeded when trying to connect: the pool has ended'));
    while (this.#waiting.size > this.#taken && this.idleCount > this.#taken) {
      this.#taken += 1;
      super.connect((error, client) => {
        this.#taken -= 1;
        this.#give(error, client);
      });
    }
    while (this.#isShort && this.totalCount < this.#config.max) {
      this.#growing += 1;
      const begunAt = performance.now();
      super.connect((error, client) => {
        this.#growing -= 1;
        this.#give(error, client, begunAt);
      });
    }
    if (this.#isShort) this.shared.giveBack();
  }

  /** Somebody waits for whom no connection is on its way. */
  get #isShort(): boolean {
    return this.#waiting.size > this.#taken + this.#growing;
  }

  #failAll(error: Error): void {
    for (const waiter of this.#waiting) waiter.fail(error);
  }

  /** `begunAt`: of an attempt to make a connection. */
  #give(error: Error | undefined, client: PoolClient | undefined, begunAt = Number.POSITIVE_INFINITY): void {
    const [oldest] = this.#waiting;
    if (client === undefined) {
      // Another connection works: it will be free in time.
      if (this.totalCount > this.#growing) {
        if (this.#isShort) this.shared.giveBack();
        return;
      }
      // Whoever came later has an attempt of their own: one that ran for 5 s took requests with it that had just come.
      if (oldest !== undefined && oldest.since <= begunAt) oldest.fail(error);
      this.#serve(); // the others' turn to find out
    } else if (oldest === undefined) client.release();
    else oldest.give(client);
  }
}
