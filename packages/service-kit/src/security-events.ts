import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { clientOf } from './clients.ts';

/**
 * Every event that has a line of its own in the log, and its level: `info` for what the holder of an account did,
 * `warn` for what was tried by somebody who may not be the holder.
 */
const levels = {
  account_created: 'info',
  account_changed: 'info',
  email_changed: 'info',
  account_deleted: 'info',
  account_disabled: 'info',
  account_enabled: 'info',
  password_set: 'info',
  password_changed: 'info',
  password_refused: 'warn',
  signed_in: 'info',
  sign_in_refused: 'warn',
  signed_out: 'info',
  session_ended: 'info',
  refresh_refused: 'warn',
  refresh_replayed: 'warn',
  token_refused: 'warn',
  client_refused: 'warn',
} as const satisfies Record<string, 'info' | 'warn'>;

export type SecurityEvent = keyof typeof levels;

/**
 * What such a line may hold besides the request's own facts: ids and words from fixed lists, nothing that a caller
 * sent.
 */
interface SecurityEventDetails {
  /** Whose account it is about, when that is known. */
  readonly accountId?: bigint;
  readonly sessionId?: bigint;
  readonly reason?:
    | 'expired'
    | 'session_ended'
    | 'not_valid'
    | 'wrong_password'
    | 'unknown_account'
    | 'inactive_account'
    /** A limit: the try was not looked at. */
    | 'too_many_attempts'
    /** One more than an account may have. */
    | 'too_many';
}

/** Lines a minute for one `warn` event with one reason. More are only counted: strangers can cause any number. */
const mostLinesPerMinute = 60;
const minuteMs = 60_000;

/** Limits the lines that strangers can cause. */
interface SecurityLog {
  /** Whether one more line of this kind may be written now; counts it otherwise. */
  admits(event: SecurityEvent, reason: string | undefined): boolean;
  /** Writes what was counted until now. */
  flush(): void;
}

declare module 'fastify' {
  interface FastifyInstance {
    securityLog: SecurityLog;
  }
}

interface Kind {
  readonly event: SecurityEvent;
  readonly reason: string | undefined;
  lines: number;
  suppressed: number;
}

function createSecurityLog(log: Pick<FastifyBaseLogger, 'warn'>): SecurityLog {
  const kinds = new Map<string, Kind>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const { event, reason, suppressed } of kinds.values()) {
      if (suppressed > 0) log.warn({ event, reason, suppressed }, 'security events without a line of their own');
    }
    kinds.clear();
  }

  return {
    admits(event, reason) {
      if (levels[event] === 'info') return true;
      timer ??= setTimeout(flush, minuteMs).unref();
      const key = `${event} ${reason ?? ''}`;
      const kind = kinds.get(key) ?? { event, reason, lines: 0, suppressed: 0 };
      kinds.set(key, kind);
      const isAdmitted = kind.lines < mostLinesPerMinute;
      if (isAdmitted) kind.lines += 1;
      else kind.suppressed += 1;
      return isAdmitted;
    },
    flush,
  };
}

/** Gives `logSecurityEvent` its bound. */
export const securityLog = fastifyPlugin(
  (app, _options, done) => {
    app.decorate('securityLog', createSecurityLog(app.log));
    app.addHook('onClose', (closing, closed) => {
      closing.securityLog.flush();
      closed();
    });
    done();
  },
  { name: 'security-log' },
);

/**
 * Writes the named line of a security event: operation, account, session and the client's address. For a `warn` event
 * with one reason a process writes 60 lines a minute, and one line with the number of the others.
 */
export function logSecurityEvent(
  request: FastifyRequest,
  event: SecurityEvent,
  { accountId, sessionId, reason }: SecurityEventDetails = {},
): void {
  if (!request.server.securityLog.admits(event, reason)) return;
  const line = {
    event,
    reason,
    operation: request.routeOptions.schema?.operationId ?? null,
    account_id: accountId?.toString(),
    session_id: sessionId?.toString(),
    client_address: clientOf(request).address,
  };
  request.log[levels[event]](line, 'security event');
}
