import jwt from '@fastify/jwt';
import { InvalidToken, NotAuthenticated, Problem } from '@tasktracker/errors';
import {
  bearerScope,
  logSecurityEvent,
  type AccessScope,
  type Caller,
  type ServiceApp,
} from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { readBearer } from './bearer.ts';
import { isCompactJws, keyIdOf, toClaims } from './token-claims.ts';
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
    const keyOf = (decoded: unknown): Promise<string> => keys.publicKey(keyIdOf(decoded));
    const toCaller = (verified: unknown, token: string): Caller => {
      const claims = toClaims(verified, clock().getTime() / 1_000);
      if (keys.isEnded(claims.sid, claims.exp)) throw new InvalidToken(sessionEnded);
      return { userId: BigInt(claims.sub), sessionId: BigInt(claims.sid), token, expiresAt: claims.exp };
    };

    await app.register(jwt, {
      secret: { public: async (_request: FastifyRequest, decoded: unknown) => keyOf(decoded) },
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
        refuseMalformed(token);
        // jwtVerify keeps one prepared verifier per key: half the CPU of app.jwt.verify, which makes one per call.
        request.caller = await orInvalidToken(async () => toCaller(await request.jwtVerify<object>(), token));
      } catch (error) {
        if (error instanceof InvalidToken) logSecurityEvent(request, 'token_refused', { reason: reasonOf(error) });
        throw error;
      }
    });
    app.decorate('verifyAccessToken', async (token) => {
      refuseMalformed(token);
      return orInvalidToken(async () => {
        const key = await keyOf(app.jwt.decode<object>(token));
        return toCaller(app.jwt.verify<object>(token, { key }), token);
      });
    });
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

function refuseMalformed(token: string): void {
  if (token.length > longestToken || !isCompactJws(token)) throw new InvalidToken();
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

/** The caller, inside a scope that has the `authenticated` hook. Throws NotAuthenticated anywhere else. */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  if (caller === null) throw new NotAuthenticated();
  return caller;
}
