import { currentDeadline } from '@tasktracker/deadline';
import type { PoolClient } from 'pg';
import { endWith } from './end-with.ts';
import { isDatabaseUnavailable } from './is-database-unavailable.ts';
import type { NamedStatement } from './named-statement.ts';

/** So many wait for each other's answers at most: the last of eight by key for half a millisecond. */
const mostUnderWay = 8;
const mostConnections = 2;

interface SharedConnection {
  readonly client: PoolClient;
  readonly onLoss: () => void;
  underWay: number;
  isLost: boolean;
}

/**
 * Brief statements of many requests on a few connections, one sent behind the other without waiting for answers: that
 * takes 0.55–0.9× the CPU that a connection for each takes, ten requests at once 0.55×. Connections are held until somebody else waits for one.
 */
export class SharedConnections {
  readonly #take: () => Promise<PoolClient>;
  readonly #isWanted: () => boolean;
  readonly #held = new Set<SharedConnection>();
  #taking = 0;

  /**
   * `take`: a connection whose borrower watches it. `isWanted`: whether others wait for it, and it must not be held longer
   * than for one statement.
   */
  constructor(take: () => Promise<PoolClient>, isWanted: () => boolean) {
    this.#take = take;
    this.#isWanted = isWanted;
  }

  /** Whether one more statement may share; else it needs a connection of its own. */
  get haveRoom(): boolean {
    return this.#withRoom() !== undefined || this.#held.size + this.#taking < mostConnections;
  }

  /**
   * The statement's rows. Throws, and sends nothing, once the request's deadline is over. Two seconds after that the
   * connection ends, with all that is under way on it.
   */
  async run<Row extends object>(statement: NamedStatement): Promise<Row[]> {
    const deadline = currentDeadline();
    deadline?.signal.throwIfAborted();
    const shared = this.#join() ?? (await this.#hold());
    // Nobody else is to wait behind what is late.
    const stopWatching = deadline && endWith(deadline, shared.client, () => this.#held.delete(shared));
    try {
      return (await shared.client.query<Row>(statement)).rows;
    } catch (error) {
      if (isDatabaseUnavailable(error)) shared.onLoss();
      throw error;
    } finally {
      stopWatching?.();
      shared.underWay -= 1;
      if (!this.#held.has(shared)) giveBackIfIdle(shared);
    }
  }

  /** Gives all connections back, each as soon as its statements have ended. */
  giveBack(): void {
    const held = [...this.#held];
    this.#held.clear();
    held.forEach(giveBackIfIdle);
  }

  #withRoom(): SharedConnection | undefined {
    for (const shared of this.#held) if (shared.underWay < mostUnderWay) return shared;
    return undefined;
  }

  #join(): SharedConnection | undefined {
    const shared = this.#withRoom();
    if (shared) shared.underWay += 1;
    return shared;
  }

  /** One that is new here, with a statement under way from the beginning: nobody gives it back before that is sent. */
  async #hold(): Promise<SharedConnection> {
    this.#taking += 1;
    try {
      const client = await this.#take();
      // Between two statements nobody else listens, and a connection that breaks then would end the process.
      const onLoss = (): void => {
        shared.isLost = true;
        if (this.#held.delete(shared)) giveBackIfIdle(shared);
      };
      const shared: SharedConnection = { client, onLoss, underWay: 1, isLost: false };
      client.on('error', onLoss);
      if (!this.#isWanted()) this.#held.add(shared);
      return shared;
    } finally {
      this.#taking -= 1;
    }
  }
}

function giveBackIfIdle({ client, onLoss, underWay, isLost }: SharedConnection): void {
  if (underWay > 0) return;
  client.off('error', onLoss);
  client.release(isLost);
}
