// For tests of programs that verify tokens: an issuer, and the user service's two lists over a real socket.
export { createTokenIssuer, signingInput, type TokenIssuer } from './token-issuer.ts';
export { startKeySource, type KeySource } from './key-source.ts';
