import { fileURLToPath } from 'node:url';
import {
  createPool,
  createPrismaAdapter,
  isSchemaReady,
  openConnections,
  withTls,
  type PoolOptions,
} from '@tasktracker/postgres';
import type { Logger } from '@tasktracker/service-kit';
import type { Pool } from 'pg';
import { createAttemptService, type AttemptLimits, type AttemptService } from './attempts/attempt-service.ts';
import { systemClock, type Clock } from './clock.ts';
import type { UserConfig } from './config.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import { createKeyEncryption, deriveKey } from './keys/key-encryption.ts';
import { createKeyRing, type KeyRing } from './keys/key-ring.ts';
import { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher.ts';
import type { IntrospectionClient } from './inspection/client-scope.ts';
import type { Secrets } from './secret-files.ts';
import { createServiceSecretCheck, type CheckServiceSecret } from './service-clients/service-secrets.ts';
import { createAccessTokenIssuer, type AccessTokenIssuer } from './tokens/access-token.ts';
import { createServiceTokenIssuer, type ServiceTokenIssuer } from './tokens/service-token.ts';
import { createTokenSigning } from './tokens/token-signing.ts';
import { createUserStore, type UserStore } from './user-store.ts';

/** A key is published this long before it signs; verifiers look every few seconds. */
const publishLeadMs = 60_000;

const migrationsDir = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** What the application works with. */
export interface Deps {
  readonly store: UserStore;
  readonly hasher: PasswordHasher;
  readonly keys: KeyRing;
  readonly accessTokens: AccessTokenIssuer;
  readonly serviceTokens: ServiceTokenIssuer;
  readonly isServiceSecret: CheckServiceSecret;
  /** Derives successors of refresh tokens. */
  readonly successorKey: Uint8Array;
  /** Keeps passwords from being tried on the fingerprints of requests. */
  readonly fingerprintKey: Uint8Array;
  readonly attempts: AttemptService;
  readonly introspectionClient: IntrospectionClient | undefined;
  readonly clock: Clock;
  readonly isSchemaReady: () => Promise<boolean>;
  /** Before the first request. */
  readonly openConnections: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface DepsOptions {
  readonly secrets: Secrets;
  readonly clock?: Clock;
  readonly hasher?: PasswordHasher;
}

interface OpenStore {
  readonly pool: Pool;
  readonly store: UserStore;
  readonly close: () => Promise<void>;
}

/** The database, connected on first use. */
export function openStore(options: PoolOptions): OpenStore {
  const pool = createPool(options);
  // 'minimal': other formats put arguments, so e-mail addresses, into messages that are logged.
  const prisma = new PrismaClient({ adapter: createPrismaAdapter(pool), errorFormat: 'minimal' });
  return {
    pool,
    store: createUserStore(prisma, pool),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Nothing is connected yet, and the key ring is empty until its first refresh. */
export async function openDeps(
  config: UserConfig,
  log: Logger,
  { secrets, clock = systemClock, hasher }: DepsOptions,
): Promise<Deps> {
  const { masterKey, introspectionClient, serviceClientsDir } = secrets;
  const { pool, store, close } = openStore({
    connectionString: withTls(config.databaseUrl, { tls: config.databaseTls, caFile: config.databaseCaFile }),
    max: config.databasePoolSize,
    applicationName: 'user-service',
    log,
  });
  const tokenLifetimeSeconds = config.accessTokenExpireMinutes * 60;
  const keys = createKeyRing({
    store,
    encryption: createKeyEncryption(masterKey),
    clock,
    tokenLifetimeSeconds,
    rotationMs: config.signingKeyRotationMinutes * 60_000,
    publishLeadMs,
  });
  const signing = {
    keys,
    sign: createTokenSigning(),
    clock,
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
    lifetimeSeconds: tokenLifetimeSeconds,
  };
  return {
    store,
    hasher: hasher ?? (await createPasswordHasher()),
    keys,
    accessTokens: createAccessTokenIssuer(signing),
    serviceTokens: createServiceTokenIssuer(signing),
    isServiceSecret: createServiceSecretCheck(serviceClientsDir),
    successorKey: deriveKey(masterKey, 'refresh-successors'),
    fingerprintKey: deriveKey(masterKey, 'request-fingerprints'),
    attempts: createAttemptService({
      attempts: store.attempts,
      limits: toAttemptLimits(config),
      secret: deriveKey(masterKey, 'attempts'),
      clock,
    }),
    introspectionClient,
    clock,
    isSchemaReady: () => isSchemaReady(pool, migrationsDir, log),
    openConnections: () => openConnections(pool),
    close,
  };
}

function toAttemptLimits(config: UserConfig): AttemptLimits {
  const windowMs = config.signInWindowMinutes * 60_000;
  const firstWaitMs = config.signInFirstWaitSeconds * 1_000;
  return {
    account: { most: config.signInFailuresPerAccount, windowMs, firstWaitMs },
    address: { most: config.signInFailuresPerAddress, windowMs },
    registration: { most: config.registrationsPerAddress, windowMs },
  };
}
