import type { Signer } from '../keys/key-ring.ts';

/** The token with these claims. */
export type SignToken = (claims: object, signer: Signer) => string;
