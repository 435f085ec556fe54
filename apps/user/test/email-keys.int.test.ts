import { readFile } from 'node:fs/promises';
import { domainToASCII } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@tasktracker/embedded-postgres/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problems, TestService } from './user-service.ts';

const migrations = [
  '20261127030000_emails_by_meaning',
  '20261127140700_number_email_twins',
  '20261127140800_emails_once',
].map((name) => new URL(`../prisma/migrations/${name}/migration.sql`, import.meta.url));

/** As the release before writes and reads. */
const insertBefore = `
  INSERT INTO users (email, username, password_hash, created_at, updated_at) VALUES ($1, $2, $3, now(), now())`;

describe('the key of an e-mail address', () => {
  let database: TestDatabase;
  let owner: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = new Client({ connectionString: database.migrateUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  async function keyOf(email: string): Promise<unknown> {
    const { rows } = await owner.query('SELECT email_key($1) AS key', [email]);
    return rows[0].key;
  }

  it.each([
    'Example.COM',
    'bücher.example',
    'BÜCHER.EXAMPLE',
    'xn--bcher-kva.example',
    'straße.de',
    'mañana.com',
    'man\u0303ana.com',
    '例え.テスト',
    '例え。テスト',
    'ｗｉｄｅ.example',
    'ΟΔΟΣ.gr',
    'пример.испытание',
    'مثال.إختبار',
    'उदाहरण.परीक्षा',
    '실례.테스트',
    'דוגמה.טעסט',
    'พร้อม.ไทย',
    'x.y.z.münchen.museum',
    '𐌀𐌁.example',
    `${'ü'.repeat(40)}.example`,
    'a1-ß-2b-ж.example',
  ])('has the domain that Node makes of %s', async (domain) => {
    expect(domainToASCII(domain)).not.toBe('');
    expect(await keyOf(`ada@${domain}`)).toBe(`ada@${domainToASCII(domain)}`);
  });

  it('has the local part folded and normalised, and no last dot', async () => {
    expect(await keyOf('Ada@Example.com.')).toBe('ada@example.com');
    expect(await keyOf('Ada@Bücher.example。')).toBe('ada@xn--bcher-kva.example');
    expect(await keyOf('ΟΔΟΣ@example.com')).toBe(await keyOf('οδος@example.com'));
    expect(await keyOf('Straße@example.com')).toBe('strasse@example.com');
    expect(await keyOf('o\u0308@example.com')).toBe(await keyOf('\u00d6@example.com'));
  });
});

describe('accounts from before e-mail addresses were compared by meaning', () => {
  it('all stay and sign in, though two turn out to share an address, and no third comes', async () => {
    const service = await TestService.start();
    const owner = new Client({ connectionString: service.database.migrateUrl });
    await owner.connect();
    await owner.query(`
      DROP INDEX users_email_meaning_key;
      ALTER TABLE users DROP COLUMN email_twin;
      DROP FUNCTION email_key, international_email_key, a_label`);
    const password = 'correct horse battery';
    const passwordHash = await service.deps.hasher.hash(password);
    const emails = ['ada@xn--bcher-kva.example', 'Ada@bücher.example', 'straße@example.com', 'strasse@example.com'];
    for (const [n, email] of emails.entries()) await owner.query(insertBefore, [email, `before${n}`, passwordHash]);

    for (const migration of migrations) await owner.query(await readFile(migration, 'utf8'));
    await owner.end();

    const usernameOf = async (email: string): Promise<unknown> => {
      const tokens = await service.login({ id: 0, username: email, email, password });
      return (await service.call('GET', '/me', { token: tokens.access })).body['username'];
    };
    for (const [n, email] of emails.entries()) {
      expect(await usernameOf(email)).toBe(`before${n}`);
      expect(await usernameOf(email.replace(/^./, (letter) => letter.toUpperCase()))).toBe(`before${n}`);
    }
    expect(await usernameOf('ADA@BU\u0308CHER。example')).toBe('before0'); // as neither spells it: the older one
    for (const email of [...emails, 'ADA@BÜCHER。EXAMPLE']) {
      const body = { email, username: 'third', password };
      expect(await service.call('POST', '/register', { body })).toMatchObject(problems.accountTaken);
    }

    // Once a twin has an address of its own, that is held like any other.
    const { access: token } = await service.login({ id: 0, username: 'before1', email: '', password });
    const own = { email: 'own@example.com', current_password: password };
    expect(await service.call('PATCH', '/me', { token, body: own })).toMatchObject({ status: 200 });
    const body = { email: 'OWN@example.com', username: 'fourth', password };
    expect(await service.call('POST', '/register', { body })).toMatchObject(problems.accountTaken);
    await service.stop();
  });

  it('go on being made and found by the release before, under the same rule', async () => {
    const service = await TestService.start();
    await service.pool.query(insertBefore, ['Ada@bücher.example', 'before', 'x']);
    const { rows } = await service.pool.query(
      'SELECT username FROM users WHERE lower(email COLLATE pg_c_utf8) = lower($1::text COLLATE pg_c_utf8)',
      ['ADA@BÜCHER.EXAMPLE'],
    );
    expect(rows).toEqual([{ username: 'before' }]);
    await expect(service.pool.query(insertBefore, ['ada@xn--bcher-kva.example', 'before2', 'x'])).rejects.toMatchObject(
      { constraint: 'users_email_meaning_key' },
    );
    await service.stop();
  });
});
