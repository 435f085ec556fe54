import { connect, type Socket } from 'node:net';
import { passOn } from './pass-on.ts';
import { resetSocket } from './reset-socket.ts';

/** One connection through the proxy: a caller's socket and, once it is there, the target's. */
export interface Link {
  readonly closed: Promise<void>;
  /** Resets both ends. */
  reset(): void;
  /** Passes nothing on any more, in either direction, and says nothing of an end that goes. */
  hold(): void;
  /** Resets this end; the other is held. */
  lose(end: 'caller' | 'target'): void;
}

export interface LinkRules {
  /** For the next piece of data. */
  readonly delayMs: () => number;
  /** Whether this answer to what the caller has sent since the last one is lost, and the caller reset. */
  readonly swallows: (sent: Buffer, answer: Buffer) => boolean;
}

/** Connects to the first of the ports that takes connections; if none does, the caller is reset. */
export function createLink(caller: Socket, ports: readonly number[], rules: LinkRules): Link {
  let target: Socket | undefined;
  let held = false;
  let isTargetLost = false;
  const { promise: closed, resolve: ended } = Promise.withResolvers<void>();
  const reset = (): void => {
    resetSocket(caller);
    if (target !== undefined) resetSocket(target);
    ended();
  };
  const hold = (): void => {
    held = true;
    caller.pause();
    target?.pause();
  };
  // What happens to a held end stays unknown to the other.
  const onLoss = (): void => {
    if (!held) reset();
  };

  function open([port, ...others]: readonly number[]): void {
    if (port === undefined) return reset();
    const attempt = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    attempt.once('error', () => open(caller.destroyed ? [] : others));
    attempt.once('connect', () => {
      attempt.removeAllListeners('error').on('error', onLoss).once('close', onLoss);
      target = attempt;
      if (caller.destroyed && !held) return reset();
      if (isTargetLost) resetSocket(attempt);
      else join(caller, attempt);
    });
  }

  function join(from: Socket, to: Socket): void {
    // The beginning of what the caller has sent since the last answer.
    let sent: Buffer | undefined;
    const shared = { isOpen: () => !held, delayMs: rules.delayMs };
    const noteSent = (piece: Buffer): boolean => (sent ??= piece) !== undefined;
    const mayAnswer = (answer: Buffer): boolean => {
      const isSwallowed = rules.swallows(sent ?? Buffer.alloc(0), answer);
      sent = undefined;
      if (isSwallowed) reset();
      return !isSwallowed;
    };
    passOn(from, to, { ...shared, inspect: noteSent });
    passOn(to, from, { ...shared, inspect: mayAnswer });
    if (held) to.pause();
    else from.resume();
  }

  caller.pause();
  caller.on('error', onLoss).once('close', onLoss);
  open(ports);
  return {
    closed,
    reset,
    hold,
    lose(end) {
      hold();
      isTargetLost = end === 'target';
      const lost = isTargetLost ? target : caller;
      if (lost !== undefined) resetSocket(lost);
    },
  };
}
