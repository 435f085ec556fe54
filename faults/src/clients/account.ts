import type { Sender } from './sender.ts';

/** A person with tasks, whom several clients may act for. */
export interface Account {
  readonly name: string;
  readonly password: string;
  readonly token: string;
  /** Ids of tasks that are known to have been made and not known to be deleted. */
  readonly tasks: Set<number>;
  /** Newest version that was seen of a task. */
  readonly versions: Map<number, number>;
  /** The few tasks that many edit at once. */
  readonly hot: number[];
}

const tries = 20;

/** Registers and signs in. */
export async function openAccount(sender: Sender, name: string): Promise<Account> {
  const password = 'correct-horse';
  const sent = JSON.stringify({ email: `${name}@example.com`, username: name, password });
  const asked = { client: 'setup', account: name, method: 'POST' };
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const made = await sender.ask({ ...asked, operation: 'register', path: '/api/v1/auth/register', sent });
    if (made.status === 201 || (attempt > 0 && made.status === 400)) break;
  }
  const signedIn = await signIn(sender, 'setup', name, password);
  if (signedIn === undefined) throw new Error(`the account ${name} can't sign in`);
  return { name, password, token: signedIn.token, tasks: new Set(), versions: new Map(), hot: [] };
}

export interface SignedIn {
  readonly token: string;
  readonly refreshToken: string;
}

/** Undefined if it failed. */
export async function signIn(
  sender: Sender,
  client: string,
  account: string,
  password: string,
): Promise<SignedIn | undefined> {
  const sent = JSON.stringify({ username: account, password });
  const answer = await sender.ask({
    client,
    account,
    operation: 'login',
    method: 'POST',
    path: '/api/v1/auth/login',
    sent,
  });
  if (answer.status !== 200) return undefined;
  const tokens: { access_token: string; refresh_token: string } = JSON.parse(answer.body);
  return { token: tokens.access_token, refreshToken: tokens.refresh_token };
}
