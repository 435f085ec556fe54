import { createPublicKey } from 'node:crypto';
import { JwkSet } from '@tasktracker/contracts';
import { Compile, Type } from '@tasktracker/schema';
import { createVerifier } from 'fast-jwt';

const isClaims = Compile(
  Type.Object({ sub: Type.String({ pattern: '^[1-9][0-9]{0,18}$' }), sid: Type.String(), exp: Type.Integer() }),
);
const isJwkSet = Compile(JwkSet);

interface Known {
  readonly owner: bigint;
  /** Unix milliseconds. */
  readonly until: number;
}

const freshForMs = 30_000;
const mostTokens = 10_000;

/**
 * Whose token an `Authorization` header has; undefined if it is not good. RS256 with the one key that is published, `typ`, issuer,
 * audience and claims, verified anew each 30 s. (fast-jwt's own cache hashes each token, which costs 20 µs.)
 */
export async function createTokenCheck(
  env: NodeJS.ProcessEnv,
): Promise<(authorization: string | undefined) => bigint | undefined> {
  const answer = await fetch(env['KEYS_URL'] ?? '');
  const published: unknown = await answer.json();
  const [jwk] = isJwkSet.Check(published) ? published.keys : [];
  if (jwk === undefined) throw new Error('no key is published');
  const verify = createVerifier({
    key: createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString(),
    algorithms: ['RS256'],
    allowedIss: env['TOKEN_ISSUER'] ?? '',
    allowedAud: env['TOKEN_AUDIENCE'] ?? '',
    checkTyp: 'at+jwt',
  });
  const known = new Map<string, Known>();
  return (authorization = '') => {
    const found = known.get(authorization);
    if (found !== undefined && Date.now() < found.until) return found.owner;
    if (known.size >= mostTokens) known.clear();
    try {
      const claims: unknown = verify(authorization.slice('Bearer '.length));
      if (!isClaims.Check(claims)) return undefined;
      const owner = BigInt(claims.sub);
      known.set(authorization, { owner, until: Math.min(Date.now() + freshForMs, claims.exp * 1_000) });
      return owner;
    } catch {
      return undefined;
    }
  };
}
