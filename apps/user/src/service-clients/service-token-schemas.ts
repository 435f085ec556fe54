import { Type } from '@tasktracker/schema';

export const ServiceTokenBody = Type.Object({
  grant_type: Type.String({ description: '`client_credentials`', examples: ['client_credentials'] }),
  scope: Type.Optional(
    Type.String({ description: 'scopes with spaces between them; all by default', examples: ['events:read'] }),
  ),
});

/** RFC 6749, section 5.1. */
export const ServiceToken = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'seconds' }),
    scope: Type.String(),
  },
  { $id: 'ServiceToken' },
);
