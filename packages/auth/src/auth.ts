// Verification of access tokens. Depends on contracts, errors and the service kit's types.
export type { TokenKeys } from './token-keys.ts';
export { createRemoteKeys, type RemoteKeys, type RemoteKeysOptions } from './remote-keys.ts';
export { toPublicKeys } from './public-keys.ts';
export { readBearer } from './bearer.ts';
export { callerOf, tokenVerification, type TokenVerificationOptions } from './token-verification.ts';
