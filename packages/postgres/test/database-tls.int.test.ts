import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority, startTestServer, type TestServer } from '@tasktracker/embedded-postgres/testing';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createPool,
  isDatabaseUnavailable,
  provisionDatabase,
  runMigrateCommand,
  withTls,
  type ProvisionedDatabase,
  type TlsSettings,
} from '../src/postgres.ts';
import { makeMigrationsDir, passwords, recordedLog, runSql } from './scratch-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasktracker-tls-'));
const [right, wrong] = ['right', 'wrong'].map((name) => createTestAuthority(`the ${name} authority`));
const [caFile, wrongCaFile, renewedCaFile] = ['ca.crt', 'wrong.crt', 'renewed.crt'].map((name) => join(folder, name));
const encrypted = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

let server: TestServer;
let database: ProvisionedDatabase;
const pools: Pool[] = [];

/** The server reads the files as its own user, so it is told to write them itself. */
async function offerTls({ certificate, key }: { certificate: string; key: string }): Promise<void> {
  for (const [name, pem] of Object.entries({ 'server.crt': certificate, 'server.key': key })) {
    const text = Buffer.from(pem).toString('base64');
    await runSql(server.adminUrl, `copy (select '${text}') to program 'umask 077; base64 -d > ${name}'`);
  }
  await runSql(server.adminUrl, 'alter system set ssl = on');
  await runSql(server.adminUrl, 'select pg_reload_conf()');
}

/** The same database by another name of the machine; `localhost` is the one in the certificate. */
function reach(url: string, host = 'localhost'): string {
  const reached = new URL(url);
  reached.hostname = host;
  return reached.href;
}

function openPool(url: string, settings: TlsSettings): Pool {
  const log = { warn: () => undefined };
  const pool = createPool({ connectionString: withTls(url, settings), max: 1, applicationName: 'books', log });
  pools.push(pool);
  return pool;
}

async function failureOf(url: string, settings: TlsSettings): Promise<unknown> {
  return openPool(url, settings)
    .query('select')
    .then(
      () => 'none',
      (error: unknown) => error,
    );
}

/** What `migrate` says, as the Job of the chart runs it. */
async function migrateWith(url: string, env: Record<string, string>): Promise<{ code: number; said: string }> {
  const log = recordedLog();
  const migrationsDir = await makeMigrationsDir({ '1_books': 'create table books (id int);' });
  const code = await runMigrateCommand({ migrationsDir, env: { MIGRATION_DATABASE_URL: url, ...env }, log });
  return { code, said: log.lines.join('\n') };
}

beforeAll(async () => {
  server = await startTestServer();
  database = await provisionDatabase({ adminUrl: server.adminUrl, service: 'books', passwords });
  for (const [file, authority] of [
    [caFile, right],
    [wrongCaFile, wrong],
    [renewedCaFile, wrong],
  ] as const) {
    writeFileSync(file ?? '', authority?.certificate ?? '');
  }
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('a server without TLS', () => {
  it('is reached as its URL says, and refused where TLS is asked for', async () => {
    expect((await openPool(database.appUrl, {}).query(encrypted)).rows).toEqual([{ ssl: false }]);
    const refused = await failureOf(database.appUrl, { tls: 'verify-full', caFile });
    expect(isDatabaseUnavailable(refused)).toBe(true);
    const { code, said } = await migrateWith(database.migrateUrl, { DATABASE_TLS: 'verify-full' });
    expect(code).toBe(1);
    expect(said).toContain('it does not offer TLS; DATABASE_TLS=disable connects without it');
  });

  it('is reached by a URL that asks for TLS, where DATABASE_TLS says not to', async () => {
    const url = `${database.migrateUrl}?sslmode=verify-full&sslrootcert=/none`;
    expect(await migrateWith(url, { DATABASE_TLS: 'disable' })).toMatchObject({ code: 0 });
  });
});

describe('a server with a certificate of a private authority', () => {
  beforeAll(() => offerTls(right?.issue(['localhost']) ?? { certificate: '', key: '' }));

  it('is reached by whoever trusts the authority, by its name', async () => {
    const settings = { tls: 'verify-full', caFile } as const;
    expect((await openPool(reach(database.appUrl), settings).query(encrypted)).rows).toEqual([{ ssl: true }]);
    expect((await openPool(`${reach(database.appUrl)}?sslmode=disable`, settings).query(encrypted)).rows).toEqual([
      { ssl: true },
    ]);
    const byUrl = `${reach(database.appUrl)}?sslmode=verify-full&sslrootcert=${caFile}`;
    expect((await openPool(byUrl, {}).query(encrypted)).rows).toEqual([{ ssl: true }]);
    const env = { DATABASE_TLS: 'verify-full', DATABASE_CA_FILE: caFile ?? '' };
    expect(await migrateWith(reach(database.migrateUrl), env)).toMatchObject({ code: 0 });
  });

  it.each([
    [
      'by another authority',
      'localhost',
      wrongCaFile,
      'not from an authority that is trusted here; DATABASE_CA_FILE names',
    ],
    [
      'by those that Node knows',
      'localhost',
      undefined,
      'not from an authority that is trusted here; DATABASE_CA_FILE names',
    ],
    ['under another name', '127.0.0.1', caFile, 'its certificate is for another host (.*127.0.0.1'],
  ])('is refused %s, with a message that says what is wrong', async (_how, host, file, words) => {
    const env = { DATABASE_TLS: 'verify-full', ...(file === undefined ? {} : { DATABASE_CA_FILE: file }) };
    const { code, said } = await migrateWith(reach(database.migrateUrl, host), env);
    expect(code).toBe(1);
    expect(said).toMatch(
      new RegExp(`tasktracker_books at ${host}:\\d+ can't be reached: .*${words.replace('(', '\\(')}`),
    );
    expect(said).not.toContain(passwords.migrate);
    const settings = { tls: 'verify-full', caFile: file } as const;
    expect(isDatabaseUnavailable(await failureOf(reach(database.appUrl, host), settings))).toBe(true);
  });

  it('is reached under another name where only the authority is to be checked', async () => {
    const byAddress = reach(database.appUrl, '127.0.0.1');
    expect((await openPool(byAddress, { tls: 'verify-ca', caFile }).query(encrypted)).rows).toEqual([{ ssl: true }]);
    expect(await failureOf(byAddress, { tls: 'verify-ca', caFile: wrongCaFile })).toHaveProperty('code');
  });

  it('is reached by a pool that was opened before the file named its authority', async () => {
    const pool = openPool(reach(database.appUrl), { tls: 'verify-full', caFile: renewedCaFile });
    await expect(pool.query('select')).rejects.toThrow(/certificate/);
    writeFileSync(renewedCaFile ?? '', right?.certificate ?? '');
    expect((await pool.query(encrypted)).rows).toEqual([{ ssl: true }]);
  });
});

describe('settings that no connection can be made with', () => {
  it('are named: a file that is not there, a mode that is none', async () => {
    expect(() => openPool(database.appUrl, { tls: 'verify-full', caFile: '/none/ca.crt' })).toThrow(
      "The file /none/ca.crt, which the database's TLS needs, can't be read.",
    );
    const { code, said } = await migrateWith(database.migrateUrl, { DATABASE_TLS: 'require' });
    expect({ code, said }).toEqual({ code: 1, said: 'DATABASE_TLS must be one of disable, verify-ca, verify-full.' });
  });

  it.each(['bogus', 'VERIFY-FULL', 'allow', ''])('are named: sslmode=%s in the URL', (mode) => {
    expect(() => openPool(`${database.appUrl}?sslmode=${mode}`, {})).toThrow(
      "The database URL's sslmode must be one of disable, verify-ca, verify-full.",
    );
  });
});
