/** What a verifier knows: the published keys, and the sessions that ended before their tokens did. */
export interface TokenKeys {
  /**
   * The key of that id as SPKI PEM. Throws InvalidToken for an id nobody published, ServiceUnavailable if that isn't
   * known: no keys have been fetched yet, or the last answer is too old to rule a new key out.
   */
  publicKey(kid: string): Promise<string>;
  /** Whether a token of this session with this expiry (Unix seconds) is to be refused though it has not expired. */
  isEnded(sessionId: string, expiresAt: number): boolean;
}
