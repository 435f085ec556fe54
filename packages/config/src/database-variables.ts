import { Type } from '@tasktracker/schema';

/** What a service with a database takes from its environment; the owner's URL is for `migrate` alone. */
export const databaseVariables = {
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    format: 'url',
    description: "postgres://… with the service's own role, SERVICE_app",
  }),
  DATABASE_TLS: Type.Optional(
    Type.Union(
      ['disable', 'verify-ca', 'verify-full'].map((mode) => Type.Literal(mode)),
      { description: "what TLS checks about the server; if unset, the URL's sslmode decides" },
    ),
  ),
  DATABASE_CA_FILE: Type.Optional(
    Type.String({ description: "PEM file with the authorities that may sign the server's certificate" }),
  ),
  DATABASE_POOL_SIZE: Type.Integer({
    minimum: 1,
    maximum: 500,
    default: 10,
    description: 'maximum number of connections',
  }),
};
