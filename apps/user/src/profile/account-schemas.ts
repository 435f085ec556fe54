import type { Answer } from '@tasktracker/idempotency';
import { idSchema, ref, timestampSchema, versionTag } from '@tasktracker/service-kit';
import { Type, type Static } from '@tasktracker/schema';
import { PasswordToCheck, passwordToSet } from '../passwords/password-schemas.ts';
import { maxNameLength, usernamePattern, type Account, type ProfileChanges } from '../accounts/account.ts';

const FullName = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  maxLength: maxNameLength,
  examples: ['Ada Lovelace'],
});

const Email = Type.String({
  maxLength: maxNameLength,
  format: 'idn-email',
  examples: ['ada@example.com'],
  description:
    "An address as people write it: up to 64 letters (of any script), digits and !#$%&'*+/=?^_`{|}~.- before the @, " +
    'a domain name with at least one dot after it. No spaces, quotes, comments, display names or IP addresses. ' +
    'Unique, whatever the case and the spelling of an international domain.',
});

const Username = Type.String({
  pattern: usernamePattern,
  examples: ['ada'],
  description: '3 to 100 letters, digits, dots, hyphens and underscores; unique without regard to case',
});

/** A person, as they see themselves. */
export const User = Type.Object(
  {
    email: Type.String(),
    username: Type.String(),
    full_name: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    id: idSchema,
    is_active: Type.Boolean(),
    is_superuser: Type.Boolean(),
    created_at: timestampSchema,
    updated_at: timestampSchema,
    version: Type.Integer({ minimum: 1, description: 'one more with each change of value' }),
  },
  { $id: 'User' },
);
type User = Static<typeof User>;

/** An answer of this shape that is sent as the text it is. */
export const userText = Type.Unsafe<string>(ref(User));

export const registrationBody = (passwordMinLength: number) =>
  Type.Object({
    email: Email,
    username: Username,
    password: passwordToSet(passwordMinLength),
    full_name: Type.Optional(FullName),
  });

export const ProfileBody = Type.Object({
  full_name: Type.Optional(FullName),
  username: Type.Optional(Username),
  email: Type.Optional(Email),
  current_password: Type.Optional({ ...PasswordToCheck, description: 'needed to change the e-mail address' }),
});

interface ProfileUpdate {
  readonly wanted: ProfileChanges;
  readonly currentPassword: string | undefined;
}

/** Does not compile if a member of the body goes nowhere, or a field is set by none of them. */
export function toProfileChanges(body: Static<typeof ProfileBody>): ProfileUpdate {
  const { full_name: fullName, username, email, current_password: currentPassword, ...rest } = body;
  rest satisfies Record<string, never>;
  return { wanted: { fullName, username, email }, currentPassword };
}

export const newPasswordBody = (passwordMinLength: number) =>
  Type.Object({ current_password: PasswordToCheck, new_password: passwordToSet(passwordMinLength) });

export const DeletionBody = Type.Object({ current_password: PasswordToCheck });

function toUser(account: Account): User {
  return {
    email: account.email,
    username: account.username,
    full_name: account.fullName,
    id: account.id,
    is_active: account.isActive,
    is_superuser: account.isSuperuser,
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
    version: account.version,
  };
}

/** An account as its owner sees it: the text and its tag are the same wherever it is shown. */
export function shownAccount(account: Account): { json: string; tag: string } {
  // By member: JSON.stringify takes no bigint, which as a number could lose digits.
  const members = Object.entries(toUser(account)).map(
    ([name, value]) => `"${name}":${typeof value === 'bigint' ? value : JSON.stringify(value)}`,
  );
  return { json: `{${members.join(',')}}`, tag: versionTag(account.version) };
}

/** The answer to a write that leaves the account so. */
export function toAccountAnswer(status: 200 | 201, account: Account): Answer {
  const { json, tag } = shownAccount(account);
  return { status, headers: { etag: tag }, body: json };
}
