import { describe, expect, inject, it } from 'vitest';
import { migrate, provisionDatabase } from '../src/postgres.ts';
import {
  makeMigrationsDir,
  passwords,
  provisionScratch,
  recordedLog,
  refusal,
  runSql,
  uniqueService,
} from './scratch-database.ts';

const denied = '42501';

async function provisionWithBooks(service = uniqueService()) {
  const database = await provisionScratch(service);
  const migrationsDir = await makeMigrationsDir({
    '1_books': 'create table books (id bigserial primary key, title text); create sequence numbers;',
  });
  await migrate({ migrationsDir, connectionString: database.migrateUrl, log: recordedLog() });
  return { ...database, service };
}

/** A role with these rights, and the server's URL as that role. */
async function makeAdmin(rights: string): Promise<string> {
  const name = `admin_${uniqueService()}`;
  await runSql(
    inject('adminUrl'),
    `create role ${name} login password 'admin' ${rights}; grant connect on database postgres to ${name}`,
  );
  const url = new URL(inject('adminUrl'));
  url.username = name;
  url.password = 'admin';
  return url.href;
}

describe('provisionDatabase', () => {
  it('gives the service rows and sequences, and nothing else', async () => {
    const { appUrl } = await provisionWithBooks();
    expect(await runSql(appUrl, "insert into books (title) values ('one') returning id")).toEqual([{ id: '1' }]);
    expect(await runSql(appUrl, "update books set title = 'two' returning title")).toEqual([{ title: 'two' }]);
    expect(await runSql(appUrl, "delete from books returning nextval('numbers') as number")).toEqual([{ number: '1' }]);
    expect(await refusal(appUrl, 'truncate books')).toBe(denied);
    expect(await refusal(appUrl, 'create table mine (id int)')).toBe(denied);
    expect(await refusal(appUrl, 'create temporary table mine (id int)')).toBe(denied);
    expect(await refusal(appUrl, 'alter table books add column more int')).toBe(denied);
    expect(await refusal(appUrl, 'drop table books')).toBe(denied);
    expect(await refusal(appUrl, 'create index on books (title)')).toBe(denied);
    expect(await refusal(appUrl, 'create schema mine')).toBe(denied);
    expect(await refusal(appUrl, "select setval('numbers', 9)")).toBe(denied);
  });

  it('lets the roles of a service connect to no other database', async () => {
    const adminUrl = inject('adminUrl');
    const [one, other] = [
      await provisionScratch(),
      await provisionDatabase({ adminUrl, service: uniqueService(), passwords, exclusiveServer: true }),
    ];
    for (const url of [one.appUrl, one.migrateUrl]) {
      for (const name of [other.databaseName, 'postgres', 'template1']) {
        const elsewhere = new URL(url);
        elsewhere.pathname = `/${name}`;
        expect(await refusal(elsewhere.href, 'select'), name).toBe(denied);
      }
      expect(await refusal(url, 'select')).toBe('none');
    }
  });

  it('gives neither role a right over the server', async () => {
    const { service } = await provisionWithBooks();
    const rights = await runSql(
      inject('adminUrl'),
      `select rolname from pg_roles where rolname in ('${service}_app', '${service}_migrate')
         and not (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)`,
    );
    expect(rights).toHaveLength(2);
  });

  it('makes databases that sort and fold case alike on every machine', async () => {
    const { databaseName } = await provisionScratch();
    const facts = await runSql(
      inject('adminUrl'),
      `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale
         from pg_database where datname = '${databaseName}'`,
    );
    expect(facts).toEqual([{ encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' }]);
  });

  it('changes nothing but the passwords when run again, and mends rights that were lost', async () => {
    const { service, appUrl, migrateUrl } = await provisionWithBooks();
    await runSql(appUrl, "insert into books (title) values ('kept')");
    await runSql(
      migrateUrl,
      `revoke all on all tables in schema public from ${service}_app; revoke usage on schema public from ${service}_app`,
    );
    const changed = { migrate: 'new migrate', app: 'new app' };
    const again = await provisionDatabase({ adminUrl: inject('adminUrl'), service, passwords: changed });
    expect(await refusal(appUrl, 'select')).toBe('28P01');
    expect(await refusal(migrateUrl, 'select')).toBe('28P01');
    expect(await runSql(again.appUrl, 'select title from books')).toEqual([{ title: 'kept' }]);
    expect(await refusal(again.appUrl, 'select from _prisma_migrations')).toBe('none');
    expect(await refusal(again.appUrl, 'delete from _prisma_migrations')).toBe(denied);
  });

  it('can be run by several at once', async () => {
    const service = uniqueService();
    const made = await Promise.all([1, 2, 3].map(() => provisionScratch(service)));
    expect(await refusal(made[0]?.appUrl ?? '', 'select')).toBe('none');
  });

  it('needs no superuser: the rights to create databases and roles are enough', async () => {
    const adminUrl = await makeAdmin('createdb createrole');
    const service = uniqueService();
    await provisionDatabase({ adminUrl, service, passwords });
    const again = await provisionDatabase({ adminUrl, service, passwords: { ...passwords, app: 'rotated' } });
    const migrationsDir = await makeMigrationsDir({
      '1_books': 'create extension pg_trgm; create table books (id int);',
    });
    await migrate({ migrationsDir, connectionString: again.migrateUrl, log: recordedLog() });
    expect(await refusal(again.appUrl, 'select from books')).toBe('none');
    expect(await refusal(again.appUrl, 'truncate books')).toBe(denied);
  });

  it('names the right that is missing', async () => {
    const service = uniqueService();
    const provisionAs = (adminUrl: string) => provisionDatabase({ adminUrl, service, passwords });
    await expect(provisionAs(await makeAdmin('createdb nocreaterole'))).rejects.toThrow(
      new RegExp(`may not create the role ${service}_migrate: .*alter role admin_\\w+ createrole`),
    );
    await expect(provisionAs(await makeAdmin('nocreatedb createrole'))).rejects.toThrow(
      new RegExp(`may not create the database tasktracker_${service}: .*alter role admin_\\w+ createdb`),
    );
    // The roles are there by now, but they are another admin's.
    await expect(provisionAs(await makeAdmin('createdb createrole'))).rejects.toThrow(
      new RegExp(`may not set the password of ${service}_migrate: .*with admin option`),
    );
  });

  it('says which server it can not reach, without the password', async () => {
    const provisioning = provisionDatabase({
      adminUrl: 'postgres://admin:secret@127.0.0.1:1/postgres',
      service: 'books',
      passwords,
    });
    await expect(provisioning).rejects.toThrow(
      /^The database postgres at 127\.0\.0\.1:1 can't be reached: (?!.*secret)/,
    );
  });

  it('refuses a database that belongs to somebody else', async () => {
    const service = uniqueService();
    await runSql(inject('adminUrl'), `create database tasktracker_${service}`);
    await expect(provisionScratch(service)).rejects.toThrow(
      `The database tasktracker_${service} belongs to postgres, not to ${service}_migrate`,
    );
  });
});
