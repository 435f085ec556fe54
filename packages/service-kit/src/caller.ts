/** The caller, once the token has been verified. */
export interface Caller {
  readonly userId: bigint;
  readonly sessionId: bigint;
  /** The access token as sent, to pass on. */
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** null until the `authenticated` hook has run. */
    caller: Caller | null;
  }
}
