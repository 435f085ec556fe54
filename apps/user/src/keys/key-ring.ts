import type { JwkSet } from '@tasktracker/contracts';
import { InvalidToken, ServiceUnavailable } from '@tasktracker/errors';
import type { Clock } from '../clock.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { KeyEncryption } from './key-encryption.ts';
import type { KeyRepository } from './key-repository.ts';
import { generateSigningKeyPair, toJwk, type KeyPair } from './key-pair.ts';
import { currentKey, nextKeyStart, retiredKeys, type RotationRules, type SigningKey } from './signing-key.ts';

/** The key that signs now. */
export interface Signer {
  readonly kid: string;
  /** PKCS#8, PEM. */
  readonly privateKey: string;
}

export interface KeyRing {
  /** Throws ServiceUnavailable while there is none. */
  signer(): Signer;
  /** SPKI, PEM. Throws InvalidToken for an unknown kid, ServiceUnavailable while keys may be missing here. */
  publicKey(kid: string): string;
  /** Every key a token may be signed with now or soon. Throws ServiceUnavailable before the first were read. */
  published(): JwkSet;
  isReady(): boolean;
  /** Reads the table; makes a key that is due and removes those nobody needs. Throws WrongEncryptionKey. */
  refresh(): Promise<void>;
}

interface KeyRingOptions extends RotationRules {
  readonly store: UnitOfWork<{ keys: KeyRepository }>;
  readonly encryption: KeyEncryption;
  readonly clock: Clock;
  readonly tokenLifetimeSeconds: number;
}

interface OpenKey extends SigningKey {
  readonly privateKey: string;
  readonly jwk: JwkSet['keys'][number];
}

/** The signing keys of all replicas: each reads them from the table, and the first to notice makes the next one. */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { store, encryption, clock, tokenLifetimeSeconds, publishLeadMs } = options;
  let keys: readonly OpenKey[] = [];
  let readAt = new Date(0);

  function open(rows: readonly SigningKey[]): OpenKey[] {
    const known = new Map(keys.map((key) => [key.kid, key]));
    return rows.map((row) => {
      const { privateKey, jwk } = known.get(row.kid) ?? {
        privateKey: encryption.open(row.sealedPrivateKey, row.kid),
        jwk: toJwk(row.kid, row.publicKey),
      };
      return { ...row, privateKey, jwk };
    });
  }

  async function noteTokenLifetime(rows: readonly SigningKey[]): Promise<void> {
    for (const { kid, longestTokenSeconds } of rows) {
      if (longestTokenSeconds < tokenLifetimeSeconds) await store.keys.raiseLongestToken(kid, tokenLifetimeSeconds);
    }
  }

  return {
    async refresh() {
      const now = clock();
      let current = open(await store.keys.list());
      if (nextKeyStart(current, now, options) !== undefined || retiredKeys(current, now).length > 0) {
        current = open(await rotate(options));
      }
      await noteTokenLifetime(current);
      keys = current;
      readAt = now;
    },
    signer() {
      const key = currentKey(keys, clock());
      if (key === undefined) throw new ServiceUnavailable(1);
      return key;
    },
    publicKey(kid) {
      const key = keys.find((candidate) => candidate.kid === kid);
      if (key) return key.publicKey;
      // A key signs no sooner than `publishLeadMs` after it was stored: a copy younger than that has every one.
      if (clock().getTime() - readAt.getTime() >= publishLeadMs) throw new ServiceUnavailable(1);
      throw new InvalidToken();
    },
    published() {
      if (keys.length === 0) throw new ServiceUnavailable(1);
      return { keys: keys.map(({ jwk }) => jwk) };
    },
    isReady: () => currentKey(keys, clock()) !== undefined,
  };
}

/** In one replica at a time: looks again, then makes and removes what is due. Returns the keys after that. */
async function rotate(options: KeyRingOptions): Promise<SigningKey[]> {
  const { clock } = options;
  return options.store.transaction(async ({ keys }) => {
    await keys.lock();
    const rows = await keys.list();
    if (nextKeyStart(rows, clock(), options) !== undefined) {
      const pair = await generateSigningKeyPair();
      const now = clock(); // making a pair takes a while, and the key is not published yet
      const signsFrom = nextKeyStart(rows, now, options) ?? now;
      await keys.insert(toSigningKey(options, pair, { createdAt: now, signsFrom }));
    }
    await keys.remove(retiredKeys(rows, clock()).map(({ kid }) => kid));
    return keys.list();
  });
}

function toSigningKey(
  { encryption, tokenLifetimeSeconds }: KeyRingOptions,
  { kid, publicKey, privateKey }: KeyPair,
  times: Pick<SigningKey, 'createdAt' | 'signsFrom'>,
): SigningKey {
  const sealedPrivateKey = encryption.seal(privateKey, kid);
  return { kid, publicKey, sealedPrivateKey, ...times, longestTokenSeconds: tokenLifetimeSeconds };
}
