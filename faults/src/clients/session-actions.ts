import { createHash } from 'node:crypto';
import { signIn } from './account.ts';
import type { Sender } from './sender.ts';
import type { Acting } from './acting.ts';

/** A session that was ended, and the token that must not work any more. */
export interface EndedSession {
  readonly account: string;
  readonly token: string;
  /** Names the token in the history. */
  readonly session: string;
}

/** Signs in anew, works with the token, signs out; undefined unless the sign-out was acknowledged. */
export async function endSession(acting: Acting): Promise<EndedSession | undefined> {
  const { client, account, sender } = acting;
  const signedIn = await signIn(sender, client, account.name, account.password);
  if (signedIn === undefined) return undefined;
  const session = createHash('sha256').update(signedIn.token).digest('hex').slice(0, 12);
  const asked = { client, account: account.name, session };
  await sender.ask({ ...asked, ...use }, signedIn.token);
  const sent = JSON.stringify({ refresh_token: signedIn.refreshToken });
  const ended = await sender.ask({
    ...asked,
    operation: 'logout',
    method: 'POST',
    path: '/api/v1/auth/logout',
    sent,
  });
  return ended.status === 204 ? { account: account.name, token: signedIn.token, session } : undefined;
}

const use = { operation: 'session-use', method: 'GET', path: '/api/v1/tasks?limit=1' } as const;

/** A process, and something of it that needs a token. */
export interface Place {
  readonly url: string;
  readonly path: string;
}

/** Uses the token of an ended session at one process. */
export async function useEnded(sender: Sender, { account, token, session }: EndedSession, place: Place): Promise<void> {
  const { url, path } = place;
  await sender.ask({ client: 'probe', account, session, ...use, path, place: url }, token);
}
