import { cachedLookup } from './cached-lookup.ts';

/**
 * How our services hold connections to each other, as undici's pools take it. Idle ones are kept for less than the
 * services' 72 s and a pod's drain delay of 5 s: the side that closes an idle connection must be the one that sends, or a request
 * meets a closed one.
 */
export const idleConnections = { keepAliveTimeout: 3_000, keepAliveMaxTimeout: 3_000 };

/**
 * For one attempt to connect. Longer than 1 s, after which a lost SYN is sent again (RFC 6298), and than a moment in which
 * this process gets no CPU: while pods start, 1 s failed requests that nothing had refused.
 */
export const connecting = { timeout: 3_000, lookup: cachedLookup };
