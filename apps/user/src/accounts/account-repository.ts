import { violatedConstraint } from '@tasktracker/postgres';
import type { Prisma } from '../generated/prisma/client.ts';
import { AccountTaken } from './account-errors.ts';
import { isEmail, trimName, type Account } from './account.ts';

type NewAccount = Pick<Account, 'email' | 'username' | 'fullName' | 'passwordHash' | 'createdAt'>;
type AccountChanges = Partial<Omit<Account, 'id' | 'isSuperuser' | 'createdAt' | 'version'>>;

interface NamedAccount {
  readonly meaning: string;
  readonly account: Account | undefined;
}

export interface AccountRepository {
  /** Throws AccountTaken. */
  insert(account: NewAccount): Promise<Account>;
  find(id: bigint): Promise<Account | undefined>;
  /** By username, or by e-mail address if it is one, in any case and spelling; surrounding white space is ignored. */
  findByName(typed: string): Promise<Account | undefined>;
  /** The same, and what all spellings of the name have in common, whether it is somebody's or not. */
  lookUp(typed: string): Promise<NamedAccount>;
  /**
   * Changes what is given, if the account still has this password. Undefined when it has not, or is gone.
   * Throws AccountTaken.
   */
  update(account: Pick<Account, 'id' | 'passwordHash'>, changes: AccountChanges): Promise<Account | undefined>;
  /** As it is now: nobody else can change it until the transaction ends. */
  findForUpdate(id: bigint): Promise<Account | undefined>;
  /**
   * Keeps other sign-ins, and changes of the account, waiting until the transaction ends; false when it is gone, inactive or has
   * another password.
   */
  lockForSignIn(account: Pick<Account, 'id' | 'passwordHash'>): Promise<boolean>;
  delete(id: bigint): Promise<void>;
}

/** What a row becomes an account of: the compiler asks for every field. */
export const accountFields = {
  id: true,
  email: true,
  username: true,
  fullName: true,
  passwordHash: true,
  isActive: true,
  isSuperuser: true,
  createdAt: true,
  updatedAt: true,
  version: true,
} satisfies Record<keyof Account, true>;

export function createAccountRepository(db: Prisma.TransactionClient): AccountRepository {
  return {
    insert: (account) =>
      taken(() => db.account.create({ data: { ...account, updatedAt: account.createdAt }, select: accountFields })),
    find: async (id) => (await db.account.findFirst({ where: { id }, select: accountFields })) ?? undefined,
    findByName: async (typed) => (await lookUp(db, typed)).account,
    lookUp: (typed) => lookUp(db, typed),
    async update({ id, passwordHash }, changes) {
      const rows = await taken(() =>
        db.account.updateManyAndReturn({
          where: { id, passwordHash },
          data: { ...changes, ...(changes.email !== undefined && { emailTwin: 0 }) },
          select: accountFields,
        }),
      );
      return rows[0];
    },
    async findForUpdate(id) {
      await db.$queryRaw`SELECT id FROM users WHERE id = ${id} FOR UPDATE`; // which Prisma can't say
      return (await db.account.findFirst({ where: { id }, select: accountFields })) ?? undefined;
    },
    async lockForSignIn({ id, passwordHash }) {
      const rows = await db.$queryRaw<{ id: bigint }[]>`
        SELECT id FROM users WHERE id = ${id} AND is_active AND password_hash = ${passwordHash} FOR NO KEY UPDATE`;
      return rows.length > 0;
    },
    async delete(id) {
      await db.account.delete({ where: { id } });
    },
  };
}

async function lookUp(db: Prisma.TransactionClient, typed: string): Promise<NamedAccount> {
  const name = trimName(typed);
  // SQL, since Prisma has no expressions. Twins share an address: the account with exactly this spelling is meant.
  const rows = isEmail(name)
    ? await db.$queryRaw<{ meaning: string; id: bigint | null }[]>`
        SELECT email_key(${name}::text) AS meaning, (
          SELECT id FROM users WHERE email_key(email) = email_key(${name}::text)
          ORDER BY lower(email COLLATE pg_c_utf8) <> lower(${name}::text COLLATE pg_c_utf8), email_twin LIMIT 1
        ) AS id`
    : await db.$queryRaw<{ meaning: string; id: bigint | null }[]>`
        SELECT casefold(normalize(${name}::text, NFC) COLLATE pg_unicode_fast) AS meaning, (
          SELECT id FROM users WHERE lower(username COLLATE pg_c_utf8)
            = casefold(normalize(${name}::text, NFC) COLLATE pg_unicode_fast) COLLATE pg_c_utf8
        ) AS id`;
  const { meaning = '', id = null } = rows[0] ?? {};
  // The second look-up is made for unknown names too, so that the time it takes reveals nothing.
  const account = await db.account.findFirst({ where: { id: id ?? 0n }, select: accountFields });
  return { meaning, account: account ?? undefined };
}

/** Constraints that say a username or an e-mail address is taken; any other violation is our own fault. */
const namesOfOneAccount = new Set(['users_username_key', 'users_email_key', 'users_email_meaning_key']);

async function taken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const violated = violatedConstraint(error);
    throw violated && namesOfOneAccount.has(violated.constraint) ? new AccountTaken(error) : error;
  }
}
