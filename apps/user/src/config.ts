import {
  databaseVariables,
  eventVariables,
  idempotencyVariables,
  parseConfig,
  passwordVariables,
  serverVariables,
  tokenVariables,
  type Config,
} from '@tasktracker/config';
import { Type } from '@tasktracker/schema';

const serverOnlyVariables = {
  ...serverVariables,
  ...databaseVariables,
  ...passwordVariables,
  ACCESS_TOKEN_EXPIRE_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 1440,
    default: 15,
    description: 'lifetime of an access token in minutes',
  }),
  SIGNING_KEY_ROTATION_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 525_600,
    default: 43_200,
    description: 'minutes for which a key signs before the next one takes over',
  }),
  SESSIONS_PER_ACCOUNT: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    default: 50,
    description: 'sessions of an account; the oldest ends when one more begins; 0: no limit',
  }),
  SIGN_IN_FAILURES_PER_ACCOUNT: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 10,
    description: 'wrong passwords for an account in the window before strangers must wait; 0: no limit',
  }),
  SIGN_IN_FAILURES_PER_ADDRESS: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 100,
    description: 'wrong passwords from an address (IPv6: a /64) in the window; 0: no limit',
  }),
  SIGN_IN_FIRST_WAIT_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 3_600,
    default: 30,
    description: 'seconds that a stranger waits after SIGN_IN_FAILURES_PER_ACCOUNT; doubles with each failure',
  }),
  SIGN_IN_WINDOW_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 1_440,
    default: 15,
    description: 'minutes in which wrong passwords and registrations are counted',
  }),
  REGISTRATIONS_PER_ADDRESS: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 1_000,
    description: 'registrations from an address (IPv6: a /64) in the window; 0: no limit',
  }),
  ...tokenVariables,
  ...eventVariables,
  ...idempotencyVariables,
};

/** Every variable of the server but those that name files with secrets. */
const configSchema = Type.Object(serverOnlyVariables);

export type UserConfig = Config<(typeof configSchema)['properties']>;

const secretVariables = {
  KEY_ENCRYPTION_KEY_FILE: Type.String({ description: 'file with 32 random bytes in base64; protects signing keys' }),
  INTROSPECTION_CLIENT_ID: Type.Optional(
    Type.String({ description: 'client that may call /introspect; if unset, nobody may' }),
  ),
  INTROSPECTION_CLIENT_SECRET_FILE: Type.Optional(
    Type.String({ description: 'file with the secret of INTROSPECTION_CLIENT_ID' }),
  ),
  SERVICE_CLIENTS_DIR: Type.Optional(
    Type.String({
      description:
        'folder with a file for each service, named as it, with its secrets: a line each, two at most; if unset, none gets a token',
    }),
  ),
};

/** What the server reads secrets from. */
const secretFilesSchema = Type.Object(secretVariables);

/** Every variable, by its name; the README's table is made from them. @public */
export const variables = { ...serverOnlyVariables, ...secretVariables };

export type SecretFilesConfig = Config<(typeof secretFilesSchema)['properties']>;

/** Every variable of the operator's command. */
const adminConfigSchema = Type.Object({ ...databaseVariables, ...passwordVariables });

export type AdminConfig = Config<(typeof adminConfigSchema)['properties']>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws ConfigError with every fault. */
export function parseUserConfig(env: Environment): UserConfig {
  return parseConfig(configSchema, env);
}

/** Throws ConfigError with every fault. */
export function parseSecretFilesConfig(env: Environment): SecretFilesConfig {
  return parseConfig(secretFilesSchema, env);
}

/** Throws ConfigError with every fault. */
export function parseAdminConfig(env: Environment): AdminConfig {
  return parseConfig(adminConfigSchema, env);
}
