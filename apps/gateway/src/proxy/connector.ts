import type { buildConnector } from 'undici';

const mostAttempts = 3;

/**
 * Connects, and tries twice more if no connection was made: nothing was sent, and another pod may take it. Not while
 * the upstream is known to be down: then each request costs one attempt, or a dead upstream would get more load.
 */
export function createConnector(connect: buildConnector.connector): buildConnector.connector {
  let lastAttemptFailed = false;
  return (target, done) => {
    let attempts = lastAttemptFailed ? 1 : mostAttempts;
    const attempt = (): void =>
      connect(target, (...outcome) => {
        lastAttemptFailed = outcome[0] !== null;
        attempts -= 1;
        if (lastAttemptFailed && attempts > 0) attempt();
        else done(...outcome);
      });
    attempt();
  };
}
