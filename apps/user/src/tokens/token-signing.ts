import jwt from '@fastify/jwt';
import type { ServiceApp } from '@tasktracker/service-kit';
import type { SignToken } from './access-token.ts';

/**
 * Signs with `@fastify/jwt` in a scope of its own, so that the instance that verifies holds no private key.
 * To be called before that one is registered: a scope inherits what its parent has by then.
 */
export async function createTokenSigning(app: ServiceApp): Promise<SignToken> {
  const { promise, resolve } = Promise.withResolvers<SignToken>();
  await app.register(async (scope) => {
    const secret = { private: refuseDefaultKey, public: refuseDefaultKey };
    await scope.register(jwt, { secret, sign: { algorithm: 'RS256', header: { alg: 'RS256', typ: 'at+jwt' } } });
    resolve((claims, { kid, privateKey }) => scope.jwt.sign(claims, { key: privateKey, kid }));
  });
  return promise;
}

/** Each token is signed with the key that is its turn, given with the call. */
function refuseDefaultKey(): Promise<string> {
  return Promise.reject(new Error('There is no default signing key'));
}
