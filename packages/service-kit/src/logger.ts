import { pino, type DestinationStream, type Logger } from 'pino';
import { LogDestination } from './log-destination.ts';

export type { Logger };

/** Loaded for a person who looks on: nobody else waits for it. */
const prettyStream = process.stdout.isTTY ? (await import('pino-pretty')).PinoPretty({ sync: true }) : undefined;

/**
 * The one logger of a process: JSON on stdout, pretty on a terminal. Errors lose what a driver adds: Postgres puts row
 * values into `detail`.
 */
export function createLogger(serviceName: string, level: string, stream?: DestinationStream): Logger {
  const options = {
    level,
    base: { service: serviceName },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
  };
  const logger: Logger = pino(options, stream ?? prettyStream ?? new LogDestination({ fd: 1, onRoomAgain }));
  function onRoomAgain(lost: number): void {
    logger.warn({ lost }, 'log lines were lost: they could not be written');
  }
  return logger;
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause === undefined ? undefined : describeError(error.cause);
  return { type: error.name, code, message: error.message, stack: error.stack, cause };
}
