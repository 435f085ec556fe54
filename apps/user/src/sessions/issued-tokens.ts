import type { AccessTokenIssuer, AccessTokenTimes } from '../tokens/access-token.ts';
import { formatRefreshToken, type RefreshToken } from './refresh-token.ts';

/** What a sign-in or a refresh gives. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** Throws ServiceUnavailable while no key may sign. */
export function issueTokens(
  accessTokens: AccessTokenIssuer,
  session: { id: bigint; accountId: bigint },
  refreshToken: RefreshToken,
  times: AccessTokenTimes,
): IssuedTokens {
  return {
    accessToken: accessTokens.issue(session, times),
    refreshToken: formatRefreshToken(refreshToken),
    expiresInSeconds: (times.expiresAt.getTime() - times.issuedAt.getTime()) / 1000,
  };
}
