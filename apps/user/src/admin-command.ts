import type { Account } from './accounts/account.ts';
import type { AccountAdministration } from './profile/account-administration.ts';
import { maxPasswordLength } from './passwords/password-schemas.ts';
import { toNfc } from './compared-text.ts';

const actions = ['disable', 'enable', 'set-password'] as const;
type Action = (typeof actions)[number];

export interface AdminCommand {
  readonly action: Action;
  /** Username or e-mail address. */
  readonly name: string;
}

export const usage = `Usage: user disable|enable|set-password NAME
  disable       the account may not sign in any more; ends its sessions
  enable        the account may sign in again
  set-password  takes a new password from standard input, asked for without echo on a terminal; ends its sessions
NAME is a username or an e-mail address.`;

/** Something the operator can put right; the message says what. */
export class AdminFault extends Error {
  override readonly name = 'AdminFault';
}

/** The arguments are not a command; the message says why. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}

/** Throws UsageFault. */
export function parseAdminCommand(args: readonly string[]): AdminCommand {
  const [given, name, ...rest] = args;
  if (given === undefined) throw new UsageFault('Which command?');
  const action = actions.find((candidate) => candidate === given);
  if (!action) throw new UsageFault(`There is no command ${given}.`);
  if (name === undefined || name.trim() === '') throw new UsageFault(`Whose account? NAME is missing after ${action}.`);
  if (rest.length > 0) throw new UsageFault(`Only one NAME is allowed: leave out ${rest.join(' ')}.`);
  return { action, name };
}

interface AdminCommandOptions {
  readonly administration: AccountAdministration;
  readonly passwordMinLength: number;
  readonly readPassword: () => Promise<string>;
}

/** Does what the command says and gives one sentence about it. Throws AdminFault. */
export async function runAdminCommand(command: AdminCommand, options: AdminCommandOptions): Promise<string> {
  const { administration } = options;
  const account = await administration.find(command.name);
  if (!account) throw new AdminFault(`There is no account ${command.name}.`);
  if (command.action === 'disable') {
    if (!account.isActive) return `${account.username} was disabled already.`;
    await administration.disable(account);
    return `${account.username} is disabled and signed out everywhere.`;
  }
  if (command.action === 'enable') {
    if (account.isActive) return `${account.username} was enabled already.`;
    await administration.enable(account);
    return `${account.username} is enabled and may sign in again.`;
  }
  return setPassword(account, options);
}

async function setPassword(account: Account, options: AdminCommandOptions): Promise<string> {
  const { administration, passwordMinLength, readPassword } = options;
  const password = await readPassword();
  const length = [...toNfc(password)].length;
  if (length < passwordMinLength || length > maxPasswordLength || password.includes('\0')) {
    throw new AdminFault(`A password has ${passwordMinLength} to ${maxPasswordLength} characters.`);
  }
  await administration.setPassword(account, password);
  return `${account.username} has a new password and is signed out everywhere.`;
}
