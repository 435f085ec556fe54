import type { buildConnector } from 'undici';

/**
 * Connects, and tries once more if no connection was made: nothing was sent, and another pod may take it. Not while
 * the upstream is known to be down: then each request costs one attempt, or a dead upstream would get twice the load.
 */
export function createConnector(connect: buildConnector.connector): buildConnector.connector {
  let lastAttemptFailed = false;
  return (target, done) => {
    const mayTryAgain = !lastAttemptFailed;
    connect(target, (...first) => {
      lastAttemptFailed = first[0] !== null;
      if (!lastAttemptFailed || !mayTryAgain) return done(...first);
      return connect(target, (...second) => {
        lastAttemptFailed = second[0] !== null;
        done(...second);
      });
    });
  };
}
