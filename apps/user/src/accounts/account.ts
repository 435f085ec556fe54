/** A person who may sign in. Names are shown as typed and unique without regard to case. */
export interface Account {
  readonly id: bigint;
  readonly email: string;
  readonly username: string;
  readonly fullName: string | null;
  readonly passwordHash: string;
  readonly isActive: boolean;
  readonly isSuperuser: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a person may change about themselves besides the password. */
export interface ProfileChanges {
  readonly fullName?: string | null | undefined;
  readonly username?: string | undefined;
  readonly email?: string | undefined;
}

/** Length of the longest e-mail address and of the longest name, in code points. */
export const maxNameLength = 255;
export const maxPasswordLength = 128;

export const usernamePattern = '^[A-Za-z0-9._-]{3,100}$';

/** Login names are compared without white space around them. */
export function trimName(typed: string): string {
  return typed.replace(/^[\p{White_Space}\uFEFF]+/u, '').replace(/[\p{White_Space}\uFEFF]+$/u, '');
}

/** A username can't contain `@`, so a name with one is an e-mail address. */
export function isEmail(name: string): boolean {
  return name.includes('@');
}

/** The changes that give another value than the account has. */
export function realChanges(
  account: Account,
  { fullName, username, email }: ProfileChanges,
): Partial<Pick<Account, 'fullName' | 'username' | 'email'>> {
  return {
    ...(fullName !== undefined && fullName !== account.fullName && { fullName }),
    ...(username !== undefined && username !== account.username && { username }),
    ...(email !== undefined && email !== account.email && { email }),
  };
}
