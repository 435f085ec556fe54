import { Client } from 'pg';
import { createDatabaseSetup } from '../src/testing.ts';

/** A template as a service has one: a database with an owner and a role that may read and write rows. */
export const setup = createDatabaseSetup(async (adminUrl) => {
  const toUrl = (user: string): string => Object.assign(new URL(adminUrl), { username: user, pathname: '/books' }).href;
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  for (const role of ['books_owner', 'books_app']) await admin.query(`create role ${role} login password 'test'`);
  await admin.query('create database books owner books_owner');
  await admin.end();
  const owner = new Client({ connectionString: toUrl('books_owner') });
  await owner.connect();
  await owner.query('create table books (title text); grant select, insert on books to books_app');
  await owner.end();
  return { appUrl: toUrl('books_app'), migrateUrl: toUrl('books_owner') };
});
