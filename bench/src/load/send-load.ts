import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';
import type { LoadPlan, LoadResult } from './load-plan.ts';

interface Connection {
  readonly socket: Socket;
  readonly reader: AnswerReader;
  /** When the request that runs on it was meant to be sent. */
  intendedAt: number | undefined;
  sentLateMs: number;
}

interface End {
  readonly status: number;
  readonly latencyMs: number;
  readonly sentLateMs: number;
  readonly endedAtMs: number;
  readonly saysWhen: boolean;
}

/** What sends a load, and resolves when its time is over and its answers have come or are no longer awaited. */
export async function prepareLoad(plan: LoadPlan): Promise<() => Promise<LoadResult>> {
  const load = new Load(plan);
  await load.open();
  return () => load.run();
}

class Load {
  readonly #plan: LoadPlan;
  readonly #bytes: readonly Buffer[];
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  /** Intended times of arrivals that found every connection busy. */
  readonly #backlog: number[] = [];
  /** How many of them have been sent; taking each off the front would cost more the longer it is. */
  #taken = 0;
  readonly #ends: End[] = [];
  #startedAt = 0;
  #arrived = 0;
  #sent = 0;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#bytes = plan.requests.map((request) => Buffer.from(request));
  }

  /** Resolves when those connections are there that are to be open before the first request. */
  async open(): Promise<void> {
    for (let n = 0; n < (this.#plan.opened ?? 0); n += 1) {
      const connection = this.#open();
      await once(connection.socket, 'connect');
      this.#idle.push(connection);
    }
  }

  async run(): Promise<LoadResult> {
    this.#startedAt = performance.now();
    if (this.#plan.ratePerSecond === undefined) for (let n = 0; n < this.#plan.connections; n += 1) this.#arrive();
    const stopPacing = this.#startPacing();
    const until = this.#startedAt + this.#plan.seconds * 1_000;
    while (performance.now() < until && this.#arrived < this.#plan.mostRequests) await tick();
    stopPacing();
    const unsent = this.#backlog.length - this.#taken;
    this.#taken = this.#backlog.length;
    const lost = until + (this.#plan.drainSeconds ?? 3) * 1_000;
    while (this.#ends.length < this.#sent && performance.now() < lost) await tick();
    for (const connection of this.#connections) this.#lose(connection);
    return {
      statuses: Uint16Array.from(this.#ends, ({ status }) => status),
      latenciesMs: Float64Array.from(this.#ends, ({ latencyMs }) => latencyMs),
      sentLateMs: Float64Array.from(this.#ends, ({ sentLateMs }) => sentLateMs),
      endedAtMs: Float64Array.from(this.#ends, ({ endedAtMs }) => endedAtMs),
      saysWhen: Uint8Array.from(this.#ends, ({ saysWhen }) => Number(saysWhen)),
      unsent,
    };
  }

  get #isOver(): boolean {
    const elapsedMs = performance.now() - this.#startedAt;
    return elapsedMs >= this.#plan.seconds * 1_000 || this.#arrived >= this.#plan.mostRequests;
  }

  #startPacing(): () => void {
    if (this.#plan.spins !== true) {
      const pacing = setInterval(() => this.#pace(), 1);
      return () => clearInterval(pacing);
    }
    let isSpinning = true;
    // Between two turns the event loop reads what has come.
    const spin = (): void => {
      this.#pace();
      if (isSpinning) setImmediate(spin);
    };
    spin();
    return () => {
      isSpinning = false;
    };
  }

  /** Sends what is due by now. */
  #pace(): void {
    const { ratePerSecond } = this.#plan;
    if (ratePerSecond === undefined) return;
    const due = ((performance.now() - this.#startedAt) * ratePerSecond) / 1_000;
    while (this.#arrived < due && !this.#isOver)
      this.#arrive(this.#startedAt + (this.#arrived * 1_000) / ratePerSecond);
  }

  #arrive(intendedAt = performance.now()): void {
    this.#arrived += 1;
    const connection = this.#idle.pop() ?? (this.#connections.size < this.#plan.connections ? this.#open() : undefined);
    if (connection === undefined) this.#backlog.push(intendedAt);
    else this.#send(connection, intendedAt);
  }

  #send(connection: Connection, intendedAt: number): void {
    connection.intendedAt = intendedAt;
    connection.sentLateMs = performance.now() - intendedAt;
    const bytes = this.#bytes[this.#sent % this.#bytes.length];
    if (bytes === undefined) throw new Error('a load without requests');
    this.#sent += 1;
    connection.socket.write(bytes);
  }

  #nextWaiting(): number | undefined {
    const intendedAt = this.#backlog[this.#taken];
    if (intendedAt !== undefined) this.#taken += 1;
    return intendedAt;
  }

  #open(): Connection {
    const socket = connect({ host: '127.0.0.1', port: this.#plan.port, noDelay: true });
    const connection: Connection = { socket, reader: new AnswerReader(), intendedAt: undefined, sentLateMs: 0 };
    this.#connections.add(connection);
    socket.on('data', (chunk) => this.#receive(connection, chunk));
    socket.on('error', () => undefined); // its close says the same
    socket.once('close', () => this.#lose(connection));
    return connection;
  }

  #receive(connection: Connection, chunk: Buffer): void {
    const answer = connection.reader.read(chunk);
    if (answer === undefined || connection.intendedAt === undefined) return;
    this.#end(connection, answer.status, answer.saysWhen);
    if (answer.isLast) return this.#lose(connection);
    const waiting = this.#nextWaiting();
    if (waiting !== undefined) return this.#send(connection, waiting);
    this.#idle.push(connection);
    if (this.#plan.ratePerSecond === undefined && !this.#isOver) this.#arrive();
  }

  #end(connection: Connection, status: number, saysWhen: boolean): void {
    const { intendedAt, sentLateMs } = connection;
    if (intendedAt === undefined) return;
    const now = performance.now();
    const [latencyMs, endedAtMs] = [now - intendedAt, now - this.#startedAt];
    this.#ends.push({ status, latencyMs, sentLateMs, endedAtMs, saysWhen });
    connection.intendedAt = undefined;
  }

  /** Closes it; the request that it carried has no answer. Whoever waits gets a new one. */
  #lose(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    this.#end(connection, 0, false);
    const place = this.#idle.indexOf(connection);
    if (place !== -1) this.#idle.splice(place, 1);
    connection.socket.destroy();
    const waiting = this.#nextWaiting();
    if (waiting !== undefined) this.#send(this.#open(), waiting);
    else if (this.#plan.ratePerSecond === undefined && !this.#isOver) this.#arrive();
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
