// Verification of access tokens. Depends on contracts, errors, the types of the service kit and the connections of the
// service client.
export type { TokenKeys } from './token-keys.ts';
export { createRemoteKeys, type RemoteKeys, type RemoteKeysOptions } from './remote-keys.ts';
export { authenticatedScope, callerOf, serviceScope, tokenVerification } from './token-verification.ts';
