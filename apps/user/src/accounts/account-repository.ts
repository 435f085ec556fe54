import { violatedConstraint } from '@tasktracker/postgres';
import { AccountTaken } from '@tasktracker/errors';
import type { Prisma } from '../generated/prisma/client.ts';
import { isEmail, type Account } from './account.ts';

type NewAccount = Pick<Account, 'email' | 'username' | 'fullName' | 'passwordHash' | 'createdAt'>;
type AccountChanges = Partial<Pick<Account, 'email' | 'username' | 'fullName' | 'passwordHash' | 'isActive'>> &
  Partial<Pick<Account, 'updatedAt'>>;

export interface AccountRepository {
  /** Throws AccountTaken. */
  insert(account: NewAccount): Promise<Account>;
  find(id: bigint): Promise<Account | undefined>;
  /** By username, or by e-mail address if it is one; case does not matter. */
  findByName(name: string): Promise<Account | undefined>;
  /**
   * Changes what is given, if the account still has this password. Undefined when it has not, or is gone.
   * Throws AccountTaken.
   */
  update(account: Pick<Account, 'id' | 'passwordHash'>, changes: AccountChanges): Promise<Account | undefined>;
  /** Holds the account until the transaction ends; false when it is gone or has another password. */
  lock(account: Pick<Account, 'id' | 'passwordHash'>): Promise<boolean>;
  delete(id: bigint): Promise<void>;
}

export function createAccountRepository(db: Prisma.TransactionClient): AccountRepository {
  return {
    insert: (account) => taken(() => db.account.create({ data: { ...account, updatedAt: account.createdAt } })),
    find: async (id) => (await db.account.findUnique({ where: { id } })) ?? undefined,
    async findByName(name) {
      // Prisma can't name a collation, which the unique indexes do.
      const rows = isEmail(name)
        ? await db.$queryRaw<{ id: bigint }[]>`
            SELECT id FROM users WHERE lower(email COLLATE pg_c_utf8) = lower(${name}::text COLLATE pg_c_utf8)`
        : await db.$queryRaw<{ id: bigint }[]>`
            SELECT id FROM users WHERE lower(username COLLATE pg_c_utf8) = lower(${name}::text COLLATE pg_c_utf8)`;
      // The second look-up is made for unknown names too: the time taken tells nothing.
      return (await db.account.findUnique({ where: { id: rows[0]?.id ?? 0n } })) ?? undefined;
    },
    async update({ id, passwordHash }, changes) {
      const rows = await taken(() =>
        db.account.updateManyAndReturn({ where: { id, passwordHash }, data: { ...changes } }),
      );
      return rows[0];
    },
    async lock({ id, passwordHash }) {
      const rows = await db.$queryRaw<{ id: bigint }[]>`
        SELECT id FROM users WHERE id = ${id} AND password_hash = ${passwordHash} FOR UPDATE`;
      return rows.length > 0;
    },
    async delete(id) {
      await db.account.delete({ where: { id } });
    },
  };
}

/** The unique indexes of `users` are on names alone. */
async function taken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw violatedConstraint(error)?.kind === 'unique' ? new AccountTaken(error) : error;
  }
}
