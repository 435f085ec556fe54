import type { Prisma } from '../generated/prisma/client.ts';
import type { SigningKey } from './signing-key.ts';

export interface KeyRepository {
  list(): Promise<SigningKey[]>;
  insert(key: SigningKey): Promise<void>;
  /** Records that the key signs tokens of this lifetime; does nothing if it already signed longer-lived ones. */
  raiseLongestToken(kid: string, seconds: number): Promise<void>;
  remove(kids: readonly string[]): Promise<void>;
  /** Only one replica at a time makes or removes keys: holds the lock until the transaction ends. */
  lock(): Promise<void>;
}

/** Any number that nothing else in this database locks. */
const keyLock = 7_301_001;

export function createKeyRepository(db: Prisma.TransactionClient): KeyRepository {
  return {
    list: () => db.signingKey.findMany({ orderBy: { signsFrom: 'asc' } }),
    async insert(key) {
      await db.signingKey.create({ data: key });
    },
    async raiseLongestToken(kid, seconds) {
      await db.signingKey.updateMany({
        where: { kid, longestTokenSeconds: { lt: seconds } },
        data: { longestTokenSeconds: seconds },
      });
    },
    async remove(kids) {
      await db.signingKey.deleteMany({ where: { kid: { in: [...kids] } } });
    },
    async lock() {
      await db.$executeRaw`SELECT pg_advisory_xact_lock(${keyLock})`;
    },
  };
}
