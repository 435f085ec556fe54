import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase, startTestServer } from '../src/testing.ts';

async function runSql(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('createTestDatabase', () => {
  it('gives each caller tables and rights of its own', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await runSql(one.appUrl, "insert into books values ('mine')");
    expect(await runSql(one.migrateUrl, 'select title from books')).toEqual([{ title: 'mine' }]);
    expect(await runSql(other.appUrl, 'select title from books')).toEqual([]);
    await expect(runSql(one.appUrl, 'truncate books')).rejects.toMatchObject({ code: '42501' });
    await expect(runSql(one.appUrl, 'create temporary table mine (id int)')).rejects.toMatchObject({ code: '42501' });
    await Promise.all([one.drop(), other.drop()]);
  });

  it('is gone after drop, even while somebody is connected', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.appUrl });
    const cut = new Promise((settle) => client.on('error', settle));
    await client.connect();
    await database.drop();
    await expect(cut).resolves.toBeInstanceOf(Error);
    await expect(runSql(database.appUrl, 'select')).rejects.toMatchObject({ code: '3D000' });
  });
});

describe('startTestServer', () => {
  it('removes what a killed run left, and its own data when it stops', async () => {
    const abandoned = join(tmpdir(), 'tasktracker-test-postgres-999999999-killed');
    mkdirSync(abandoned);
    const server = await startTestServer();
    expect(existsSync(abandoned)).toBe(false);
    const [row] = await runSql(server.adminUrl, "select current_setting('data_directory') as folder");
    const folder = typeof row === 'object' && row !== null ? String(Reflect.get(row, 'folder')) : '';
    expect(existsSync(folder)).toBe(true);
    await server.stop();
    expect(existsSync(folder)).toBe(false);
  });
});
