import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createLink, type Link, type LinkRules } from './link.ts';
import type { ReadsAnswers } from './written-answers.ts';

export interface FaultProxyOptions {
  /** Ports on 127.0.0.1 that take connections now, as endpoints of a Service would: each in turn. */
  readonly targets: () => readonly number[];
  /** Which answers say that something was written. */
  readonly readsAnswers: ReadsAnswers;
}

/** A TCP balancer on 127.0.0.1 that breaks connections on demand; each fault lasts until its undoing is called. */
export interface FaultProxy {
  readonly port: number;
  /** Resets every connection, both ends of it. */
  cut(): void;
  /** Nobody can connect any more (ECONNREFUSED); connections that are open stay. */
  refuse(): Promise<() => Promise<void>>;
  /** Nothing comes through, in either direction, not even that an end was closed. Undoing it resets what was held up. */
  stall(): () => void;
  /** One end is reset, the other is told nothing until the fault is undone. */
  halfOpen(end: 'caller' | 'target'): () => void;
  /** Everything takes this much longer each way. */
  delay(ms: number): () => void;
  /** What was asked is done, but the answer that says so is swallowed and the caller reset, if `decide` says so. */
  cutWrittenAnswers(decide: () => boolean): () => void;
  /** How many answers have been swallowed. */
  readonly swallowed: number;
  close(): Promise<void>;
}

export async function openFaultProxy({ targets, readsAnswers }: FaultProxyOptions): Promise<FaultProxy> {
  const links = new Set<Link>();
  const weather: Weather = { delayMs: 0, stalled: false, swallow: undefined };
  let turn = 0;
  let swallowed = 0;
  const rules: LinkRules = {
    delayMs: () => weather.delayMs,
    swallows: (sent, answer) => {
      if (weather.swallow === undefined || !readsAnswers(sent, answer) || !weather.swallow()) return false;
      swallowed += 1;
      return true;
    },
  };

  function connect(caller: Socket): void {
    turn += 1;
    const link = createLink(caller, inTurn(targets(), turn), rules);
    links.add(link);
    void link.closed.finally(() => links.delete(link));
    if (weather.stalled) link.hold();
  }

  let server = await listen(0, connect);
  const port = portOf(server);
  return {
    port,
    ...breakLinks(links, weather),
    async refuse() {
      server.close();
      return async () => {
        server = await listen(port, connect);
      };
    },
    get swallowed() {
      return swallowed;
    },
    async close() {
      server.close();
      const all = [...links];
      reset(all);
      await Promise.all(all.map((link) => link.closed));
    },
  };
}

interface Weather {
  delayMs: number;
  stalled: boolean;
  swallow: (() => boolean) | undefined;
}

function breakLinks(
  links: ReadonlySet<Link>,
  weather: Weather,
): Pick<FaultProxy, 'cut' | 'stall' | 'halfOpen' | 'delay' | 'cutWrittenAnswers'> {
  return {
    cut: () => reset(links),
    stall() {
      weather.stalled = true;
      const held = [...links];
      held.forEach((link) => link.hold());
      return () => {
        weather.stalled = false;
        reset(new Set([...held, ...links]));
      };
    },
    halfOpen(end) {
      const held = [...links];
      held.forEach((link) => link.lose(end));
      return () => reset(held);
    },
    delay(ms) {
      weather.delayMs = ms;
      return () => {
        weather.delayMs = 0;
      };
    },
    cutWrittenAnswers(decide) {
      weather.swallow = decide;
      return () => {
        weather.swallow = undefined;
      };
    },
  };
}

function reset(links: Iterable<Link>): void {
  for (const link of links) link.reset();
}

function inTurn(ports: readonly number[], turn: number): number[] {
  return ports.map((_port, index) => ports[(turn + index) % ports.length] ?? 0);
}

async function listen(port: number, connect: (caller: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, connect).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen on a port');
  return address.port;
}
