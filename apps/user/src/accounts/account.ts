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
  /** One more with each change of what its owner is shown. */
  readonly version: number;
}

/** What a person may change about themselves besides the password. */
export type ProfileFields = Pick<Account, 'fullName' | 'username' | 'email'>;

/** Some of them; undefined for the others. All must be named, so that the compiler asks for a new one. */
export type ProfileChanges = { readonly [Name in keyof ProfileFields]: ProfileFields[Name] | undefined };

/** Length of the longest e-mail address and of the longest name, in code points. */
export const maxNameLength = 255;

export const usernamePattern = '^[A-Za-z0-9._-]{3,100}$';

const blank = /[\p{White_Space}\uFEFF]/u;

/**
 * Login names are compared without white space around them. Loops, because `/\s+$/` is quadratic in a run of blanks.
 */
export function trimName(typed: string): string {
  let [start, end] = [0, typed.length];
  while (start < end && blank.test(typed.charAt(start))) start += 1;
  while (start < end && blank.test(typed.charAt(end - 1))) end -= 1;
  return typed.slice(start, end);
}

/** A username can't contain `@`, so a name with one is an e-mail address. */
export function isEmail(name: string): boolean {
  return name.includes('@');
}

/** The changes to a value other than the account's. A field that is forgotten here does not compile. */
export function realChanges(account: ProfileFields, wanted: ProfileChanges): Partial<ProfileFields> {
  const { fullName, username, email, ...rest } = wanted;
  rest satisfies Record<string, never>;
  return {
    ...(fullName !== undefined && fullName !== account.fullName && { fullName }),
    ...(username !== undefined && username !== account.username && { username }),
    ...(email !== undefined && email !== account.email && { email }),
  };
}
