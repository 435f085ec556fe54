import { cachedLookup } from './cached-lookup.ts';

/**
 * How our services keep connections to each other: options of undici's pools. Idle ones are kept for less than the
 * services' 72 s and a pod's drain delay of 5 s: the side that closes an idle connection must be the one that sends, or
 * a request meets a closed one.
 */
export const idleConnections = { keepAliveTimeout: 3_000, keepAliveMaxTimeout: 3_000 };

/**
 * For one attempt to connect. Longer than 1 s, after which a lost SYN is sent again (RFC 6298), and than a pause in
 * which this process gets no CPU: with 1 s, requests failed while pods were starting although nothing had refused them.
 */
export const connecting = { timeout: 3_000, lookup: cachedLookup };
