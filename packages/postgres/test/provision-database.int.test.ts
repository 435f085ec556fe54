import { describe, expect, inject, it } from 'vitest';
import { faultOfServer } from '../src/required-version.ts';
import { migrate, provisionDatabase, provisionDatabases } from '../src/postgres.ts';
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

async function rolesOf(service: string): Promise<unknown[]> {
  return runSql(
    inject('adminUrl'),
    `select rolname, rolpassword from pg_authid where rolname in ('${service}_app', '${service}_migrate') order by 1`,
  );
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

  it('changes nothing but the passwords when run again, and restores lost rights', async () => {
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
    await provisionAs(await makeAdmin('createdb createrole'));
    await expect(provisionAs(await makeAdmin('createdb createrole'))).rejects.toThrow(
      new RegExp(`may not set the password of ${service}_migrate: .*with admin option`),
    );
  });

  it('changes nothing where a right is missing, for any of several services', async () => {
    const [one, other] = [uniqueService(), uniqueService()];
    const adminUrl = await makeAdmin('createdb createrole');
    await runSql(inject('adminUrl'), `create database tasktracker_${other}`);
    const services = [one, other].map((service) => ({ service, passwords }));
    await expect(provisionDatabases({ adminUrl, services })).rejects.toThrow(/belongs to postgres/);
    expect(await rolesOf(one)).toEqual([]);
    const poor = await makeAdmin('nocreatedb createrole');
    await expect(provisionDatabase({ adminUrl: poor, service: one, passwords })).rejects.toThrow(/createdb/);
    expect(await rolesOf(one)).toEqual([]);
  });

  it('says which server it cannot reach, without the password', async () => {
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

describe('a server that several share', () => {
  const ada = { id: 'a'.repeat(32), place: 'with the data folder /home/ada/tasktracker on laptop' };
  const bob = { id: 'b'.repeat(32), place: 'with the data folder /home/bob/tasktracker on laptop' };
  const bobsPasswords = { migrate: 'of bob', app: 'of bob' };
  const provision = (service: string, owner: typeof ada | undefined, secrets = passwords) =>
    provisionDatabase({ adminUrl: inject('adminUrl'), service, passwords: secrets, ...(owner && { owner }) });

  it('keeps the roles of one owner from another, says whose they are and changes nothing', async () => {
    const service = uniqueService();
    const { appUrl } = await provision(service, ada);
    const before = await rolesOf(service);
    await expect(provision(service, bob, bobsPasswords)).rejects.toThrow(
      new RegExp(
        `^The role ${service}_\\w+ at 127\\.0\\.0\\.1:\\d+ belongs to another TaskTracker, ${ada.place}\\. Nothing was changed there: start with the data folder that goes with it, or on another Postgres server\\.$`,
      ),
    );
    expect(await rolesOf(service)).toEqual(before);
    expect(await refusal(appUrl, 'select')).toBe('none');
  });

  it('does so for roles without a mark too, made by hand or by a version that set none', async () => {
    const service = uniqueService();
    await provision(service, undefined);
    const before = await rolesOf(service);
    await expect(provision(service, bob, bobsPasswords)).rejects.toThrow(
      /belongs to somebody else, perhaps another TaskTracker\. Nothing was changed/,
    );
    expect(await rolesOf(service)).toEqual(before);
  });

  it('takes roles without a mark for its own where they have its passwords, and marks them', async () => {
    const service = uniqueService();
    await provision(service, undefined);
    await provision(service, ada);
    await expect(provision(service, bob, bobsPasswords)).rejects.toThrow('/home/ada/tasktracker');
  });

  it('gives its owner new passwords when the old ones are lost', async () => {
    const service = uniqueService();
    await provision(service, ada);
    const { appUrl } = await provision(service, ada, bobsPasswords);
    expect(await refusal(appUrl, 'select')).toBe('none');
  });
});

describe('an old server', () => {
  it.each(['17.6', '16.10 (Debian 16.10-1)', '9.6.24'])('of version %s is refused', (version) => {
    expect(faultOfServer(version)).toBe(
      `TaskTracker needs Postgres 18 or newer, but this server is ${version}. Nothing was changed there.`,
    );
  });

  it.each(['18.0', '18beta1', '19.1'])('is not one of version %s', (version) => {
    expect(faultOfServer(version)).toBeUndefined();
  });
});
