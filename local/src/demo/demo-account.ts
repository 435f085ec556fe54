import { randomBytes, randomInt } from 'node:crypto';
import { createApiClient, dataOf, type ApiClient } from '@tasktracker/api-client';

export interface DemoAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** A client that is signed in. */
  readonly api: ApiClient;
}

const people = [
  ['Maya', 'Lindqvist'],
  ['Tomás', 'Herrera'],
  ['Aiko', 'Tanaka'],
  ['Jonas', 'Weber'],
  ['Priya', 'Raman'],
  ['Chloé', 'Martin'],
  ['Kwame', 'Mensah'],
  ['Zofia', 'Nowak'],
] as const;

/** Registers a new person through the API and signs in. */
export async function createDemoAccount(baseUrl: string): Promise<DemoAccount> {
  const [first, last] = people[randomInt(people.length)] ?? people[0];
  const username = `${toAscii(first)}-${randomBytes(3).toString('hex')}`;
  const account = { username, email: `${username}@example.com`, password: randomBytes(9).toString('base64url') };
  const open = createApiClient({ baseUrl });
  await dataOf(open.POST('/api/v1/auth/register', { body: { ...account, full_name: `${first} ${last}` } }));
  const { access_token: token } = await dataOf(
    open.POST('/api/v1/auth/login', { body: { username, password: account.password } }),
  );
  return { ...account, api: createApiClient({ baseUrl, token }) };
}

function toAscii(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
}
