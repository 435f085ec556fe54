import { setTimeout as delay } from 'node:timers/promises';
import { listen, type CountConnections } from './listen.ts';
import type { Logger } from './logger.ts';
import type { ServiceApp } from './typed-app.ts';

/** What a server takes from its configuration. */
interface ServerConfig {
  /** Every address of the machine without it; `localhost` is both loopback addresses. */
  readonly host?: string | undefined;
  readonly port: number;
  /** From failing readiness, and from the last request after that, to closing the port. */
  readonly drainDelayMs: number;
  /**
   * The longest wait, after that delay, for open connections and for the end of requests: each connection closes with
   * the answer to its next request, or by its client.
   */
  readonly drainIdleMs: number;
}

export interface RunningService {
  readonly app: ServiceApp;
  readonly config: ServerConfig;
  readonly log: Logger;
  /** Closes what the service opened (database, pollers), after the last answer. */
  readonly close: () => Promise<void>;
}

/** Longest wait for running requests before their connections are cut; below the local stack's 10 s. */
const drainTimeoutMs = 8_000;

/**
 * Runs one process from start to its end: open, listen, and on SIGTERM or SIGINT drain. The exit code is 0 after a
 * drain, 1 for a start that failed (said in plain words) or a second signal.
 */
export async function runService(serviceName: string, start: () => Promise<RunningService>): Promise<void> {
  const listening = Promise.withResolvers<CountConnections>();
  let service: RunningService | undefined;
  // Before all else: for process 1 of a container, a signal without a handler is none. Until it serves, nothing is lost.
  const stop: OnSignal = (signal) => {
    const started = service ?? process.exit(0);
    started.log.info({ signal }, 'draining');
    void listening.promise.then((count) => drain(started, count));
  };
  onStopSignals(stop, (signal) => {
    service?.log.warn({ signal }, 'second signal: ending at once');
    process.exit(1);
  });
  try {
    service = await start();
    const { app, config } = service;
    listening.resolve(await listen(app, config.host, config.port));
  } catch (error) {
    process.stderr.write(`${serviceName} could not start: ${startFault(error)}\n`);
    process.exit(1);
  }
}

type OnSignal = (signal: NodeJS.Signals) => void;

/** Calls `stop` at the first signal, and `again` at a second one. */
function onStopSignals(stop: OnSignal, again: OnSignal): void {
  let signalledAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalledAt === undefined) {
      signalledAt = performance.now();
      stop(signal);
    } else if (performance.now() - signalledAt > 1_000) {
      // npm passes a terminal's Ctrl-C on, 1 ms after the terminal's own: only a later one is a person's second.
      again(signal);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function drain({ app, config, log, close }: RunningService, countConnections: CountConnections): Promise<never> {
  app.beginDrain();
  await delay(config.drainDelayMs);
  await untilUnused(app, countConnections, config);
  const cut = setTimeout(() => app.server.closeAllConnections(), drainTimeoutMs);
  let code = 0;
  try {
    await app.close();
    clearTimeout(cut);
    await close();
    log.info('stopped');
  } catch (error) {
    log.error({ err: error }, 'stopping failed');
    code = 1;
  }
  process.exit(code);
}

/**
 * A connection that is closed from here could be carrying its client's next request at that moment. And as long as
 * requests come, somebody still sends them here: on busy nodes it took longer than the delay until all knew.
 */
async function untilUnused(
  app: ServiceApp,
  countConnections: CountConnections,
  { drainDelayMs, drainIdleMs }: ServerConfig,
): Promise<void> {
  const deadline = performance.now() + drainIdleMs;
  const isUsed = async (): Promise<boolean> => app.quietMs() < drainDelayMs || (await countConnections()) > 0;
  while (performance.now() < deadline && (await isUsed())) await delay(100);
}

function startFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${String(error.port)} is in use; set PORT to a free one`;
  }
  if ('code' in error && error.code === 'EACCES' && 'port' in error) {
    return `port ${String(error.port)} may not be opened; set PORT to one above 1023`;
  }
  if ('code' in error && error.code === 'EADDRNOTAVAIL') return 'HOST is not an address of this machine';
  return error.name === 'Error' || error.name === 'TypeError' ? (error.stack ?? error.message) : error.message;
}
