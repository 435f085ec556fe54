import jwt from '@fastify/jwt';
import { InsufficientScope, InvalidToken, NotAuthenticated, Problem } from '@tasktracker/errors';
import {
  bearerScope,
  internalBearerScope,
  logSecurityEvent,
  type AccessScope,
  type Caller,
  type ServiceApp,
} from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { readBearer } from './bearer.ts';
import { KnownTokens } from './known-tokens.ts';
import { isCompactJws, isInTime, keyIdOf, toClaims, toServiceClaims } from './token-claims.ts';
import type { TokenKeys } from './token-keys.ts';

export interface TokenVerificationOptions {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  /** The system's by default. */
  readonly clock?: () => Date;
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * onRequest hook of a scope: sets `request.caller`, or throws NotAuthenticated, InvalidToken, ServiceUnavailable.
     */
    authenticated: (request: FastifyRequest) => Promise<void>;
    /** Whose access token this is. Throws InvalidToken, or ServiceUnavailable without keys. */
    verifyAccessToken: (token: string) => Promise<Caller>;
    /** What a service may do by its own token. Throws InvalidToken, or ServiceUnavailable without keys. */
    verifyServiceToken: (token: string) => Promise<readonly string[]>;
  }
}

/** Far longer than any of ours, so that nobody makes us hash a megabyte. */
const longestToken = 8_192;

/**
 * Verifies access tokens against published keys (RFC 9068): RS256 and nothing else, `typ: at+jwt`, issuer, audience,
 * every claim, session not ended. A key is found by its `kid` alone; `jwk`, `jku`, `x5u` in a token are ignored (RFC
 * 8725).
 */
export const tokenVerification = fastifyPlugin<TokenVerificationOptions>(
  async (app, { keys, issuer, audience, clock = () => new Date() }) => {
    const nowSeconds = (): number => clock().getTime() / 1_000;
    const known = new KnownTokens();

    /**
     * The caller of a token that was verified a moment ago: 2 µs in place of 90. What may have changed since is asked
     * each time (its key, its time, its session); any doubt is left to the verification, which has the words for it.
     */
    const recall = async (token: string): Promise<Caller | undefined> => {
      const found = token.length > longestToken ? undefined : known.find(token);
      if (found === undefined || (await keys.publicKey(found.kid)) !== found.key) return undefined;
      const { caller, issuedAt, sessionId } = found;
      if (!isInTime(issuedAt, caller.expiresAt, nowSeconds())) return undefined;
      return keys.isEnded(sessionId, caller.expiresAt) ? undefined : caller;
    };
    const verify = async (token: string, check: (key: string) => Promise<unknown>): Promise<Caller> => {
      if (token.length > longestToken || !isCompactJws(token)) throw new InvalidToken();
      return orInvalidToken(async () => {
        const kid = keyIdOf(app.jwt.decode<object>(token));
        const key = await keys.publicKey(kid); // before it is used: if it changes meanwhile, the token is not known
        const { sub, sid, iat, exp, nbf } = toClaims(await check(key), nowSeconds());
        if (keys.isEnded(sid, exp)) throw new InvalidToken(sessionEnded);
        const own = ownCopy(token);
        const caller = Object.freeze({ userId: BigInt(sub), sessionId: BigInt(sid), token: own, expiresAt: exp });
        // Ours have no `nbf`; whether it has come is not asked again.
        if (nbf === undefined) known.add(own, { caller, sessionId: sid, issuedAt: iat, kid, key });
        return caller;
      });
    };

    await app.register(jwt, {
      secret: { public: async (_request: FastifyRequest, decoded: unknown) => keys.publicKey(keyIdOf(decoded)) },
      decode: { complete: true },
      verify: {
        algorithms: ['RS256'],
        allowedIss: issuer,
        allowedAud: audience,
        checkTyp: 'at+jwt',
        extractToken: (request) => readBearer(request.headers.authorization),
      },
    });

    app.decorate('authenticated', async (request) => {
      const token = readBearer(request.headers.authorization);
      if (token === undefined) throw new NotAuthenticated();
      try {
        // jwtVerify keeps one prepared verifier per key: half the CPU of app.jwt.verify, which makes one per call.
        request.caller = (await recall(token)) ?? (await verify(token, () => request.jwtVerify<object>()));
      } catch (error) {
        if (error instanceof InvalidToken) logSecurityEvent(request, 'token_refused', { reason: reasonOf(error) });
        throw error;
      }
    });
    // Services ask a few times a minute each: nothing is kept of their tokens.
    app.decorate('verifyServiceToken', async (token) => {
      if (token.length > longestToken || !isCompactJws(token)) throw new InvalidToken();
      return orInvalidToken(async () => {
        const key = await keys.publicKey(keyIdOf(app.jwt.decode<object>(token)));
        return toServiceClaims(app.jwt.verify<object>(token, { key }), nowSeconds()).scope.split(' ');
      });
    });
    app.decorate(
      'verifyAccessToken',
      async (token) => (await recall(token)) ?? verify(token, async (key) => app.jwt.verify<object>(token, { key })),
    );
  },
  { name: 'token-verification' },
);

/** As the cause of an InvalidToken: its session ended before it did. */
const sessionEnded = new Error('the session has ended');

function reasonOf({ cause }: InvalidToken): 'expired' | 'session_ended' | 'not_valid' {
  if (cause === sessionEnded) return 'session_ended';
  return isExpiry(cause) ? 'expired' : 'not_valid';
}

function isExpiry(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED';
}

/** A token is cut out of a header or a body, of which the whole would stay in memory as long as the token. */
function ownCopy(token: string): string {
  return Buffer.from(token, 'latin1').toString('latin1');
}

/** Anything the library rejects in a token is the caller's fault and gets one answer; our own problems pass through. */
async function orInvalidToken<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    throw error instanceof Problem ? error : new InvalidToken(error);
  }
}

/** For callers with a good access token; `app` must have `tokenVerification`. */
export function authenticatedScope({ authenticated }: Pick<ServiceApp, 'authenticated'>): AccessScope {
  return bearerScope('authenticated', authenticated);
}

/** For our services whose own token has this scope, such as `events:read`; `app` must have `tokenVerification`. */
export function serviceScope(
  { verifyServiceToken }: Pick<ServiceApp, 'verifyServiceToken'>,
  needed: string,
): AccessScope {
  return internalBearerScope(`services with ${needed}`, async (request) => {
    const token = readBearer(request.headers.authorization);
    if (token === undefined) throw new NotAuthenticated();
    try {
      if (!(await verifyServiceToken(token)).includes(needed)) throw new InsufficientScope(needed);
    } catch (error) {
      if (error instanceof InvalidToken) logSecurityEvent(request, 'token_refused', { reason: reasonOf(error) });
      throw error;
    }
  });
}

/** The caller, inside a scope that has the `authenticated` hook. Throws NotAuthenticated anywhere else. */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === null) throw new NotAuthenticated();
  return caller;
}
