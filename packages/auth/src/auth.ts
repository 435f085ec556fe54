// Verification of access tokens. Depends on contracts, errors, the service kit's types and how services connect.
export type { TokenKeys } from './token-keys.ts';
export { createRemoteKeys, type RemoteKeys, type RemoteKeysOptions } from './remote-keys.ts';
export { toPublicKeys } from './public-keys.ts';
export { readBearer } from './bearer.ts';
export { callerOf, tokenVerification, type TokenVerificationOptions } from './token-verification.ts';
