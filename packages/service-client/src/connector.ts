import type { buildConnector } from 'undici';

/**
 * While one attempt has no answer, another one begins (RFC 8305, section 5): behind a Service each may reach another pod,
 * and one that has died without a word answers nobody until all nodes know.
 */
const attemptDelayMs = 250;
const mostAttempts = 4;

/** Connects as `connectOnce` does, with whichever of a few attempts is first; fails when all that have begun have failed. */
export function createConnector(connectOnce: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    let begun = 0;
    let failed = 0;
    let isSettled = false;
    let next: NodeJS.Timeout | undefined;

    const settle = (...result: Parameters<buildConnector.Callback>): void => {
      isSettled = true;
      clearTimeout(next);
      callback(...result);
    };
    const attemptUnlessSettled = (): void => {
      if (!isSettled) attempt();
    };
    const attempt = (): void => {
      begun += 1;
      // The answer may be there already and only not read yet, after a pause in which this process got no CPU.
      if (begun < mostAttempts) next = setTimeout(() => setImmediate(attemptUnlessSettled), attemptDelayMs);
      connectOnce(options, (...result) => {
        const [error, socket] = result;
        failed += error ? 1 : 0;
        if (isSettled) socket?.destroy();
        else if (socket || failed === begun) settle(...result);
      });
    };
    attempt();
  };
}
