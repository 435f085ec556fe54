// Verification of access tokens. Depends on contracts, errors, the service kit's types and how services connect.
export type { TokenKeys } from './token-keys.ts';
export { createRemoteKeys, type RemoteKeys, type RemoteKeysOptions } from './remote-keys.ts';
export { authenticatedScope, callerOf, tokenVerification } from './token-verification.ts';
