import type { ConsumedEvent } from '@tasktracker/events';
import { createLogger } from '@tasktracker/service-kit';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseAccount, finishErasures } from '../src/accounts/account-erasure.ts';
import { startBackground } from '../src/background.ts';
import { openTaskApp, owner, stranger, type TaskApp } from './open-task-app.ts';

/** No number that stands anywhere else. */
const leaver = 424_242_424_242n;

let app: TaskApp;
let background: ReturnType<typeof startBackground> | undefined;
let told: ConsumedEvent[];
let lines: string[];

const feed = {
  name: 'user',
  async read(after: string | null, signal: AbortSignal) {
    const events = told.slice(Number(after ?? 0));
    if (events.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()));
      });
    }
    return { events, next: events.at(-1)?.position ?? after ?? '0' };
  },
  close: async () => undefined,
};

function start({ hasSecret = true } = {}): void {
  const log = createLogger('task-service', 'debug', { write: (line: string) => void lines.push(line) });
  background = startBackground(
    { eventRetentionDays: 30 },
    { store: app.store, accountFeed: hasSecret ? feed : undefined, keys: { endedAgeMs: () => 0 } },
    log,
  );
}

beforeEach(async () => {
  app = await openTaskApp();
  [told, lines] = [[], []];
});

afterEach(async () => {
  await background?.stop();
  await app.close();
});

function tell(type: string, data: object): void {
  const place = String(told.length + 1);
  told.push({
    id: `event-${place}`,
    type,
    subject: `accounts/${leaver}`,
    time: '2030-01-02T03:04:05.000Z',
    position: place,
    data,
  });
}

const deleteAccount = (): void => tell('account.deleted.v1', { account_id: Number(leaver) });

async function addTasks(ownerId: bigint, number: number): Promise<void> {
  await app.sql(
    `INSERT INTO tasks (owner_id, title) SELECT $1, 'Task ' || n FROM generate_series(1, $2::integer) AS n`,
    [ownerId, number],
  );
}

async function count(ownerId: bigint): Promise<number> {
  const [row] = await app.sql<{ count: number }>('SELECT count(*)::integer FROM tasks WHERE owner_id = $1', [ownerId]);
  return row?.count ?? 0;
}

async function position(): Promise<string | undefined> {
  return (await app.sql<{ position: string }>('SELECT position FROM inbox_positions'))[0]?.position;
}

async function untilHandled(): Promise<void> {
  await expect.poll(position).toBe(String(told.length));
}

/** The tables in which a text stands. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await app.ownerSql<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const found = tables.map(async ({ name }) => {
    const rows = await app.ownerSql(`SELECT FROM ${name} AS row WHERE row::text LIKE $1 LIMIT 1`, [`%${text}%`]);
    return rows.length > 0 ? [name] : [];
  });
  return (await Promise.all(found)).flat();
}

describe('when an account was deleted', () => {
  it(
    'its tasks and keys go, with their events, and nobody else’s',
    { tags: ['account-deletion-everywhere'] },
    async () => {
      start();
      await addTasks(leaver, 1_203);
      await addTasks(owner, 3);
      await app.call({ method: 'POST', body: { title: 'Keyed' }, headers: { 'idempotency-key': '"one"' }, as: leaver });
      await app.call({
        method: 'POST',
        body: { title: 'Keyed' },
        headers: { 'idempotency-key': '"one"' },
        as: stranger,
      });
      deleteAccount();
      await untilHandled();
      expect([await count(leaver), await count(owner), await count(stranger)]).toEqual([0, 3, 1]);
      const keys = await app.sql<{ caller_id: string }>('SELECT caller_id FROM idempotency_keys');
      expect(keys.map(({ caller_id: id }) => id)).toEqual([String(stranger)]);
      const deleted = await app.sql(`SELECT FROM outbox_events WHERE type = 'task.deleted.v1' AND account_id = $1`, [
        leaver,
      ]);
      expect(deleted).toHaveLength(1_204);
      expect((await app.list({}, owner)).total).toBe(3);
    },
  );

  it(
    'a task that a last token still made goes with all that names the account',
    { tags: ['account-deletion-everywhere'] },
    async () => {
      start();
      await addTasks(leaver, 2);
      deleteAccount();
      await untilHandled();
      await app.create({ title: 'Late' }, leaver);
      await finishErasures(app.store); // not due yet
      expect(await count(leaver)).toBe(1);
      await app.sql(`UPDATE account_erasures SET due_at = now()`);
      await addTasks(owner, 2);
      await finishErasures(app.store);
      expect(await tablesWith(String(leaver))).toEqual([]);
      expect(await tablesWith('Late')).toEqual([]);
      expect((await app.call({ path: '/stats' })).json()).toMatchObject({ total: 2 });
    },
  );

  it(
    'a service that was away hears of it later, and of an account that it never saw',
    { tags: ['account-deletion-everywhere'] },
    async () => {
      tell('account.registered.v1', {
        account_id: Number(leaver),
        username: 'leaver',
        email: 'l@example.com',
        full_name: null,
      });
      deleteAccount();
      await addTasks(leaver, 1);
      start();
      await untilHandled();
      expect(await count(leaver)).toBe(0);
    },
  );

  it(
    'nothing is left where somebody else removed some of it at the same moment',
    { tags: ['account-deletion-everywhere'] },
    async () => {
      await addTasks(leaver, 1_203);
      const other = new Client(app.databaseUrl);
      await other.connect();
      await other.query('BEGIN');
      await other.query(
        'DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE owner_id = $1 ORDER BY created_at, id LIMIT 500)',
        [leaver],
      );
      const erasing = eraseAccount(app.store, leaver);
      const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      await expect.poll(async () => (await app.sql(waits)).length).toBe(1);
      await other.query('COMMIT');
      await other.end();
      await erasing;
      expect(await count(leaver)).toBe(0);
    },
  );

  it('one account of which something cannot be removed keeps no other from its end', async () => {
    for (const id of [leaver, owner]) await app.store.erasures.schedule(id, 0);
    const erasures = {
      ...app.store.erasures,
      async removeCounts(accountId: bigint) {
        if (accountId === leaver) throw new Error('stuck');
        await app.store.erasures.removeCounts(accountId);
      },
    };
    await expect(finishErasures({ ...app.store, erasures })).rejects.toThrow('something is left: 1');
    const left = await app.sql<{ id: string }>('SELECT account_id::text AS id FROM account_erasures');
    expect(left).toEqual([{ id: String(leaver) }]);
    expect(await app.store.erasures.listDue(10)).toEqual([]);
  });

  it('what is left is removed no further when the service stops', async () => {
    await app.store.erasures.schedule(leaver, 0);
    let batches = 0;
    const erasures = {
      ...app.store.erasures,
      async removeEvents(_accountId: bigint, limit: number) {
        batches += 1;
        if (batches === 3) stopping.abort();
        return limit;
      },
    };
    const stopping = new AbortController();
    await expect(finishErasures({ ...app.store, erasures }, stopping.signal)).rejects.toThrow('aborted');
    expect(batches).toBe(3);
    expect(await app.store.erasures.listDue(10)).toEqual([leaver]);
  });

  it('an event of another shape is set aside and harms nobody', { tags: ['events-poisoned'] }, async () => {
    await addTasks(owner, 1);
    for (const data of [{ account_id: '7' }, { account_id: 0 }, {}]) tell('account.deleted.v1', data);
    await app.store.inbox.lead('user', '00000000-0000-4000-8000-000000000000', 0);
    for (let failures = 0; failures < 9; failures += 1) await app.store.inbox.noteFailure('user', 'event-1');
    start();
    await untilHandled();
    expect(await count(owner)).toBe(1);
    expect(await app.store.inbox.listSetAside(10)).toHaveLength(3);
    expect(lines.join('')).toContain('an event cannot be handled');
  });
});

describe('without a secret of its own', () => {
  it('the service says once that it hears of no events, and keeps running', async () => {
    await addTasks(leaver, 1);
    deleteAccount();
    start({ hasSecret: false });
    expect(lines.filter((line) => line.includes('SERVICE_SECRET_FILE is not set'))).toHaveLength(1);
    expect(await app.sql('SELECT FROM inbox_positions')).toEqual([]);
  });
});
