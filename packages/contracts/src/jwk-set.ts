import { Type, type Static } from '@tasktracker/schema';

/** Where the user service publishes them. */
export const jwksPath = '/.well-known/jwks.json';

/** Published signing keys (RFC 7517), RSA for RS256 only. */
export const JwkSet = Type.Object(
  {
    keys: Type.Array(
      Type.Object({
        kty: Type.Literal('RSA'),
        use: Type.Literal('sig'),
        alg: Type.Literal('RS256'),
        kid: Type.String(),
        n: Type.String(),
        e: Type.String(),
      }),
    ),
  },
  { $id: 'JwkSet' },
);
export type JwkSet = Static<typeof JwkSet>;
