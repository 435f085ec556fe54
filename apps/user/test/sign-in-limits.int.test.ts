import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPasswordHasher, type HashTurn, type PasswordHasher } from '../src/passwords/password-hasher.ts';
import { cheapHashing, problems, TestClock, TestService, type Answer, type TestAccount } from './user-service.ts';

const second = 1_000;
const minute = 60 * second;
const tooMany = { status: 429, body: { code: 'TOO_MANY_REQUESTS', detail: 'Too many requests' } };
const home = '198.51.100.7';
const stranger = '203.0.113.9';

let clock: TestClock;
/** Two replicas on one database. */
let replicas: [TestService, TestService];
let lines: string[];

beforeEach(async () => {
  lines = [];
  await begin();
});
afterEach(() => end());

async function begin(env: Record<string, string> = {}, hasher?: PasswordHasher): Promise<void> {
  clock = new TestClock();
  const shared = {
    clock: clock.now,
    masterKey: randomBytes(32),
    env: { TRUSTED_PROXIES: '127.0.0.1', ...env },
    ...(hasher && { hasher }),
  };
  const first = await TestService.start({ ...shared, onLogLine: (line) => lines.push(line) });
  replicas = [first, await TestService.start({ ...shared, database: first.database })];
}

async function end(): Promise<void> {
  await replicas[1].stop();
  await replicas[0].stop();
}

async function restart(env: Record<string, string>, hasher?: PasswordHasher): Promise<void> {
  await end();
  await begin(env, hasher);
}

/** Counts the hashes that are made to compare a password: what is refused before its turn is none. */
function countingHasher(hasher: PasswordHasher): { hasher: PasswordHasher; compared(): number } {
  let compared = 0;
  const before = async (turn?: HashTurn): Promise<void> => {
    await turn?.before?.();
    compared += 1;
  };
  const verify: PasswordHasher['verify'] = (typed, passwordHash, turn = { lane: { class: '', client: '' } }) =>
    hasher.verify(typed, passwordHash, { ...turn, before: () => before(turn) });
  return { hasher: { ...hasher, verify }, compared: () => compared };
}

const from = (address: string) => ({ 'x-forwarded-for': address });
/** A millisecond after the last one: times of failures are distinct. */
async function login(username: string, password: string, address: string, replica = 0): Promise<Answer> {
  clock.advance(1);
  const call = { body: { username, password }, headers: from(address) };
  return (replicas[replica] ?? replicas[0]).call('POST', '/login', call);
}

async function statusesOf(answers: Promise<Answer>[]): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  for (const { status } of await Promise.all(answers)) statuses[status] = (statuses[status] ?? 0) + 1;
  return statuses;
}

async function failTenTimes({ username }: Pick<TestAccount, 'username'>, address = stranger): Promise<void> {
  for (let n = 0; n < 10; n += 1) {
    expect(await login(username, 'wrong', address, n % 2)).toMatchObject(problems.incorrectCredentials);
  }
}

function bytesOf({ status, headers, body }: Answer): object {
  return { status, headers: { ...headers, 'x-request-id': '', date: '' }, body: { ...body, request_id: '' } };
}

describe('guessing the password of one account', () => {
  it(
    'ends after ten failures in fifteen minutes, whatever spelling, address and replica they come by',
    { tags: ['sign-in-limit'] },
    async () => {
      const { username, email, password } = await replicas[0].register();
      const names = [username, email, ` ${username.toUpperCase()} `, email.toUpperCase()];
      for (let n = 0; n < 10; n += 1) {
        const answer = await login(names[n % 4] ?? '', 'wrong', `203.0.113.${n}`, n % 2);
        expect(answer).toMatchObject(problems.incorrectCredentials);
      }
      for (const name of names) {
        expect(await login(name, password, stranger, 1)).toMatchObject({
          ...tooMany,
          headers: { 'retry-after': '30' },
        });
      }
      clock.advance(15 * minute);
      expect(await login(username, password, stranger)).toMatchObject({ status: 200 });
    },
  );

  it(
    'then costs a wait that doubles, after which the right password gets in',
    { tags: ['sign-in-limit'] },
    async () => {
      const { username, password } = await replicas[0].register();
      await failTenTimes({ username });
      for (const wait of [30, 60, 120]) {
        expect(await login(username, password, '192.0.2.1')).toMatchObject({
          headers: { 'retry-after': String(wait) },
        });
        clock.advance(wait * second);
        expect(await login(username, 'wrong', '192.0.2.1', 1)).toMatchObject(problems.incorrectCredentials);
      }
      clock.advance(240 * second);
      expect(await login(username, password, '192.0.2.2')).toMatchObject({ status: 200 });
    },
  );

  it('gets ten answers from two replicas however many are tried at once', { tags: ['sign-in-limit'] }, async () => {
    const { username } = await replicas[0].register();
    const tries = Array.from({ length: 40 }, (_, n) => login(username, 'wrong', `192.0.2.${n}`, n % 2));
    expect(await statusesOf(tries)).toEqual({ 401: 10, 429: 30 });
  });

  it(
    'looks the same, byte for byte, for a name that is nobody’s and for an inactive account',
    { tags: ['sign-in-limit-tells-nothing'] },
    async () => {
      const known = await replicas[0].register();
      const inactive = await replicas[0].register();
      await replicas[0].pool.query('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
      const names = [known.username, inactive.username, 'nobody-at-all', 'nobody@example.com'];
      for (let n = 0; n < 12; n += 1) {
        const answers: object[] = [];
        for (const [index, name] of names.entries()) {
          const spelling = n % 2 === 0 ? name : ` ${name.toUpperCase()}`;
          const password = name === inactive.username ? inactive.password : 'wrong';
          answers.push(bytesOf(await login(spelling, password, `192.0.2.${index}`, n % 2)));
        }
        expect(answers).toEqual(names.map(() => answers[0]));
        expect(answers[0]).toMatchObject({ status: n < 10 ? 401 : 429 });
      }
    },
  );

  it('is refused before any hash', { tags: ['sign-in-limit'] }, async () => {
    const counted = countingHasher(await createPasswordHasher({ cost: cheapHashing }));
    await restart({}, counted.hasher);
    const { username } = await replicas[0].register();
    await failTenTimes({ username });
    expect(counted.compared()).toBe(10);
    for (let n = 0; n < 20; n += 1) expect(await login(username, 'wrong', stranger)).toMatchObject(tooMany);
    expect(counted.compared()).toBe(10);
  });
});

describe('the holder of an account that strangers guess at', () => {
  it('still gets in from where they signed in before', { tags: ['sign-in-known-device'] }, async () => {
    const account = await replicas[0].register();
    const { username, password } = account;
    expect(await login(username, password, home)).toMatchObject({ status: 200 });
    await failTenTimes(account);
    expect(await login(username, password, stranger)).toMatchObject(tooMany);
    expect(await login(username, 'a slip', home, 1)).toMatchObject(problems.incorrectCredentials);
    expect(await login(username, password, home, 1)).toMatchObject({ status: 200 });
    const other = await replicas[0].register();
    expect(await login(other.username, password, home)).toMatchObject({ status: 200 });
  });

  it('may use their password in a session they have', { tags: ['sign-in-known-device'] }, async () => {
    const { account, tokens } = await replicas[0].person();
    await failTenTimes(account);
    const body = { current_password: account.password, new_password: 'another password' };
    const answer = await replicas[1].call('PUT', '/me/password', {
      token: tokens.access,
      body,
      headers: from('192.0.2.8'),
    });
    expect(answer).toMatchObject({ status: 204 });
  });

  it(
    'has no more tries than a stranger from there, and shares none with them',
    { tags: ['sign-in-known-device'] },
    async () => {
      const account = await replicas[0].register();
      expect(await login(account.username, account.password, home)).toMatchObject({ status: 200 });
      await failTenTimes(account, home);
      expect(await login(account.username, account.password, home)).toMatchObject(tooMany);
    },
  );

  it('may make slips again once the password was right', { tags: ['sign-in-known-device'] }, async () => {
    const { username, password } = await replicas[0].register();
    for (let round = 0; round < 3; round += 1) {
      expect(await login(username, password, home)).toMatchObject({ status: 200 });
      for (let n = 0; n < 9; n += 1)
        expect(await login(username, 'a slip', home, n % 2)).toMatchObject({ status: 401 });
    }
    expect(await login(username, password, stranger)).toMatchObject(tooMany);
  });

  it(
    'may sign in more than ten times at once, however long their sessions take',
    { tags: ['sign-in-limit'] },
    async () => {
      const { id, username, password } = await replicas[0].register();
      const other = await replicas[0].pool.connect();
      const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      try {
        await other.query('BEGIN');
        await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [id]);
        const all = statusesOf(Array.from({ length: 12 }, (_, n) => login(username, password, home, n % 2)));
        await expect.poll(async () => (await replicas[0].pool.query(waiting)).rows).toEqual([{ n: 12 }]);
        await other.query('COMMIT');
        expect(await all).toEqual({ 200: 12 });
      } finally {
        other.release(true);
      }
    },
  );

  it('may sign in as often as they like, also at once', { tags: ['sign-in-limit'] }, async () => {
    // Of cheap hashes more than ten would be done before the first success is noted.
    // They may wait long for their turn: on a machine without a free core, thirty take more than the usual 5 s.
    const limits = { concurrency: 2, maxWaiting: 30, maxWaitMs: 60_000 };
    await restart({ REQUEST_TIMEOUT_MS: '60000' }, await createPasswordHasher({ limits }));
    const { username, password } = await replicas[0].register();
    expect(await statusesOf(Array.from({ length: 30 }, (_, n) => login(username, password, home, n % 2)))).toEqual({
      200: 30,
    });
    const { rows } = await replicas[0].pool.query('SELECT sum(cardinality(times))::int AS counted FROM attempts');
    expect(rows).toEqual([{ counted: 1 }]); // the registration
  });
});

it.each(['PATCH /me', 'PUT /me/password', 'DELETE /me'])(
  '%s takes ten wrong passwords of a session, and counts them with the others',
  { tags: ['sign-in-limit'] },
  async (operation) => {
    const { account, tokens } = await replicas[0].person();
    const calls = [
      { operation: 'PATCH /me', method: 'PATCH', path: '/me', more: { email: 'new@example.com' } },
      {
        operation: 'PUT /me/password',
        method: 'PUT',
        path: '/me/password',
        more: { new_password: 'another password' },
      },
      { operation: 'DELETE /me', method: 'DELETE', path: '/me', more: {} },
    ] as const;
    const use = (which: (typeof calls)[number], password: string, replica: number) => {
      clock.advance(1);
      return (replicas[replica] ?? replicas[0]).call(which.method, which.path, {
        token: tokens.access,
        body: { ...which.more, current_password: password },
        headers: from(home),
      });
    };
    const tried = calls.find((call) => call.operation === operation) ?? calls[0];
    for (let n = 0; n < 10; n += 1) expect(await use(tried, 'wrong', n % 2)).toMatchObject(problems.incorrectPassword);
    for (const each of calls) expect(await use(each, account.password, 1)).toMatchObject(tooMany);
    expect(await login(account.username, account.password, stranger)).toMatchObject(tooMany);
    clock.advance(30 * second);
    expect(await use(tried, account.password, 0)).not.toMatchObject(tooMany);
  },
);

describe('guessing from one address', () => {
  it(
    'ends after a hundred failures, IPv6 by /64, though not for those who signed in from there before',
    { tags: ['sign-in-address-limit'] },
    async () => {
      const account = await replicas[0].register();
      expect(await login(account.username, account.password, '2001:db8:1:2::7')).toMatchObject({ status: 200 });
      for (let n = 0; n < 100; n += 1) {
        const answer = await login(`nobody-${n}`, 'wrong', `2001:db8:1:2::${n.toString(16)}`, n % 2);
        expect(answer).toMatchObject(problems.incorrectCredentials);
      }
      expect(await login('nobody-else', 'wrong', '2001:db8:1:2:ffff::1', 1)).toMatchObject(tooMany);
      expect(await login('nobody-else', 'wrong', '2001:db8:1:3::1')).toMatchObject(problems.incorrectCredentials);
      expect(await login(account.username, account.password, '2001:db8:1:2::9')).toMatchObject({ status: 200 });
      clock.advance(15 * minute);
      expect(await login('nobody-else', 'wrong', '2001:db8:1:2:ffff::1')).toMatchObject(problems.incorrectCredentials);
    },
  );

  it(
    'is counted by the address that trusted proxies name, and by no other',
    { tags: ['sign-in-address-limit'] },
    async () => {
      await restart({ SIGN_IN_FAILURES_PER_ADDRESS: '2', TRUSTED_PROXIES: '' });
      for (const n of [1, 2])
        expect(await login(`nobody-${n}`, 'wrong', `192.0.2.${n}`)).toMatchObject({ status: 401 });
      expect(await login('nobody-3', 'wrong', '192.0.2.3')).toMatchObject(tooMany);
    },
  );
});

function register(n: number, address: string): Promise<Answer> {
  const body = { username: `new-${n}`, email: `new-${n}@example.com`, password: 'correct horse' };
  return (replicas[n % 2] ?? replicas[0]).call('POST', '/register', { body, headers: from(address) });
}

it('registrations from one address have a limit', { tags: ['registration-limit'] }, async () => {
  await restart({ REGISTRATIONS_PER_ADDRESS: '3' });
  expect(await statusesOf(Array.from({ length: 8 }, (_, n) => register(n, stranger)))).toEqual({ 201: 3, 429: 5 });
  expect(await register(9, home)).toMatchObject({ status: 201 });
  expect((await register(10, stranger)).headers['retry-after']).toBe('900');
  clock.advance(15 * minute);
  expect(await register(11, stranger)).toMatchObject({ status: 201 });
});

it('each limit is configured, and 0 turns it off', { tags: ['sign-in-limit'] }, async () => {
  await restart({
    SIGN_IN_FAILURES_PER_ACCOUNT: '0',
    SIGN_IN_FAILURES_PER_ADDRESS: '0',
    REGISTRATIONS_PER_ADDRESS: '0',
    SESSIONS_PER_ACCOUNT: '0',
  });
  const { username, password } = await replicas[0].register();
  for (let n = 0; n < 12; n += 1) expect(await login(username, 'wrong', stranger)).toMatchObject({ status: 401 });
  expect(await login(username, password, stranger)).toMatchObject({ status: 200 });
  await restart({ SIGN_IN_FAILURES_PER_ACCOUNT: '2', SIGN_IN_FIRST_WAIT_SECONDS: '7', SIGN_IN_WINDOW_MINUTES: '1' });
  for (let n = 0; n < 2; n += 1) expect(await login('nobody', 'wrong', stranger)).toMatchObject({ status: 401 });
  expect(await login('nobody', 'wrong', stranger)).toMatchObject({ ...tooMany, headers: { 'retry-after': '7' } });
  clock.advance(minute);
  expect(await login('nobody', 'wrong', stranger)).toMatchObject({ status: 401 });
});

it('what is counted is forgotten after its time, and tells nobody who or where', async () => {
  const account = await replicas[0].register();
  await login(account.username, account.password, home);
  await login('typed-secret', 'wrong', stranger);
  const { rows } = await replicas[0].pool.query<{ row: string }>(
    'SELECT attempts::text AS row FROM attempts UNION ALL SELECT known_devices::text FROM known_devices',
  );
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.map(({ row }) => row).join('\n')).not.toMatch(/typed|198\.51|203\.0/);
  expect(await replicas[0].deps.attempts.removeOld()).toBe(0);
  clock.advance(15 * minute + 1);
  expect(await replicas[0].deps.attempts.removeOld()).toBeGreaterThan(0);
  expect((await replicas[0].pool.query('SELECT 1 FROM attempts')).rowCount).toBe(0);
  clock.advance(91 * 24 * 60 * minute);
  expect(await replicas[0].deps.attempts.removeOld()).toBe(1);
});

it('a try that is refused leaves a line, with the account if it is one', async () => {
  const { id, username } = await replicas[0].register();
  for (let n = 0; n < 10; n += 1) await login(username, 'wrong', stranger);
  lines.splice(0);
  await login(username, 'wrong', stranger);
  const line = lines.map((text) => JSON.parse(text)).find(({ event }) => event === 'sign_in_refused');
  expect(line).toMatchObject({
    level: 'warn',
    reason: 'too_many_attempts',
    account_id: String(id),
    client_address: stranger,
  });
});

describe('a flood of sign-ins from many addresses', () => {
  const overloaded = { status: 503, body: { code: 'OVERLOADED' } };

  it('is turned away without a look into the database, and who is known gets in', { tags: ['overload'] }, async () => {
    const limits = { concurrency: 1, maxWaiting: 2, maxWaitMs: 60_000 };
    await restart({}, await createPasswordHasher({ limits, cost: cheapHashing }));
    const [service] = replicas;
    const person = await service.register();
    expect(await login(person.username, person.password, home)).toMatchObject({ status: 200 });
    await service.deps.attempts.refreshNetworks();
    const other = await service.pool.connect();
    try {
      // One hash waits to be counted, two wait for it.
      await other.query('BEGIN; LOCK TABLE attempts IN EXCLUSIVE MODE');
      const refused: Answer[] = [];
      const guesses = Array.from({ length: 10 }, async (_, n) => {
        const answer = await login(`nobody-${n}`, 'a guess', `203.0.113.${n}`);
        if (answer.status === 503) refused.push(answer);
        return answer;
      });
      await expect.poll(() => refused.length).toBe(7);
      // Now whoever looks a name up has to wait.
      await other.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
      expect(await login('nobody-at-all', 'a guess', '203.0.113.99')).toMatchObject(overloaded);
      const body = { username: 'newcomer', email: 'newcomer@example.com', password: 'correct horse' };
      expect(await service.call('POST', '/register', { body, headers: from('203.0.113.98') })).toMatchObject(
        overloaded,
      );
      const known = login(person.username, person.password, home);
      await other.query('COMMIT');
      expect(await known).toMatchObject({ status: 200 });
      await Promise.all(guesses);
    } finally {
      other.release(true);
    }
  });

  it('knows those who have signed in by another replica', { tags: ['sign-in-known-device'] }, async () => {
    const person = await replicas[0].register();
    expect(await login(person.username, person.password, home, 0)).toMatchObject({ status: 200 });
    const { attempts } = replicas[1].deps;
    const areKnown = (): boolean[] => [home, stranger].map((address) => attempts.isKnownNetwork(address));
    expect(areKnown()).toEqual([true, true]); // as long as it has not read
    await attempts.refreshNetworks();
    expect(areKnown()).toEqual([true, false]);
    const neighbour = await replicas[0].register();
    expect(await login(neighbour.username, neighbour.password, home, 0)).toMatchObject({ status: 200 });
    // However many sign in from one network: it takes one of the places there are.
    expect(await replicas[1].deps.store.attempts.readNetworks(new Date(0), 10)).toHaveLength(1);
  });
});
