import { createPublicKey } from 'node:crypto';
import { JwkSet } from '@tasktracker/contracts';
import { Compile, Type } from '@tasktracker/schema';
import { createVerifier } from 'fast-jwt';

const isClaims = Compile(
  Type.Object({ sub: Type.String({ pattern: '^[1-9][0-9]{0,18}$' }), sid: Type.String(), exp: Type.Integer() }),
);
const isJwkSet = Compile(JwkSet);

/**
 * Whose token an `Authorization` header has; undefined if it is not good. RS256 with the one key that is published, `typ`, issuer,
 * audience and claims, verified anew each 30 s.
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
    cache: 10_000,
    cacheTTL: 30_000,
  });
  return (authorization = '') => {
    try {
      const claims: unknown = verify(authorization.slice('Bearer '.length));
      return isClaims.Check(claims) ? BigInt(claims.sub) : undefined;
    } catch {
      return undefined;
    }
  };
}
