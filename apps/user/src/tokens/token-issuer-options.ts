import type { Clock } from '../clock.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { SignToken } from './sign-token.ts';

/** What tokens of people and of services are made with. */
export interface TokenIssuerOptions {
  readonly keys: Pick<KeyRing, 'signer'>;
  readonly sign: SignToken;
  readonly clock: Clock;
  readonly issuer: string;
  readonly audience: string;
  /** The longest life of a token: as long as a key stays published after it signed last. */
  readonly lifetimeSeconds: number;
}
