/** How many requests may be sent once more, over all services that share it. */
export interface RetryBudget {
  /** For each request that is sent the first time. */
  earn(): void;
  /** Whether one more may be sent again. */
  spend(): boolean;
}

/** Of all requests, at most one in ten is sent again. */
const retriesPerRequest = 0.1;
/** What a quiet time leaves for a burst: the requests that a pod was answering when it died. */
const savedRetries = 10;

/** A token bucket that fills with the traffic, so that retries never make an overload worse. */
export function createRetryBudget(): RetryBudget {
  let tokens = savedRetries;
  return {
    earn() {
      tokens = Math.min(savedRetries, tokens + retriesPerRequest);
    },
    spend() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
