import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { provisionFromEnvironment } from '../src/provision-from-environment.ts';
import { runMigrateCommand } from '../src/postgres.ts';
import { recordedLog, refusal, runSql, uniqueService } from './scratch-database.ts';

function environmentOf(service: string, adminUrl = inject('adminUrl')) {
  const url = (user: string, password: string): string => {
    const target = new URL(adminUrl);
    target.pathname = `/tasktracker_${service}`;
    target.username = user;
    target.password = encodeURIComponent(password);
    return target.href;
  };
  return {
    ADMIN_DATABASE_URL: adminUrl,
    DATABASE_URL: url(`${service}_app`, 'app:pass@word'),
    MIGRATION_DATABASE_URL: url(`${service}_migrate`, 'owner pass/word%'),
  };
}

/** A port that nobody listens on until `open` is called; then it leads to the test's server. */
async function reserveDoor() {
  const door = createServer((socket) => {
    const target = new URL(inject('adminUrl'));
    const server = connect(Number(target.port), target.hostname);
    socket.pipe(server).pipe(socket);
    for (const end of [socket, server]) end.on('error', () => undefined);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  door.close();
  await once(door, 'close');
  onTestFinished(() => void door.close());
  const adminUrl = new URL(inject('adminUrl'));
  adminUrl.hostname = '127.0.0.1';
  adminUrl.port = String(address.port);
  return { adminUrl: adminUrl.href, open: () => door.listen(address.port, '127.0.0.1') };
}

describe('migrate --provision', () => {
  it('makes the database and both roles with the passwords of their URLs, again and again', async () => {
    const service = uniqueService();
    const env = environmentOf(service);
    for (let run = 1; run <= 2; run += 1) {
      const log = recordedLog();
      const args = ['--provision', service];
      expect(await runMigrateCommand({ migrationsDir: 'unused', env, args, log })).toBe(0);
      expect(log.lines).toEqual([`The database tasktracker_${service} and its roles are there.`]);
    }
    expect(await runSql(env.DATABASE_URL, 'select current_user as name')).toEqual([{ name: `${service}_app` }]);
    expect(await refusal(env.DATABASE_URL, 'create table mine (id int)')).toBe('42501');
    expect(await refusal(env.MIGRATION_DATABASE_URL, 'create table mine (id int)')).toBe('none');
  });

  it("takes the administrator's password from its own variable, whatever characters it has", async () => {
    const service = uniqueService();
    const admin = new URL(inject('adminUrl'));
    await runSql(admin.href, `create role ${service} superuser login password 'a/b:c@d%'`);
    admin.username = service;
    admin.password = '';
    const env = { ...environmentOf(service, admin.href), ADMIN_DATABASE_PASSWORD: 'a/b:c@d%' };
    expect(await provisionFromEnvironment({ service, env, log: recordedLog() })).toContain('are there');
  });

  it('waits for a server that does not answer yet', async () => {
    const { adminUrl, open } = await reserveDoor();
    const service = uniqueService();
    const log = recordedLog();
    const info = (line: string): void => {
      log.info(line);
      open();
    };
    const said = await provisionFromEnvironment({
      service,
      env: environmentOf(service, adminUrl),
      log: { ...log, info },
    });
    expect(log.lines).toEqual(['The database server does not answer yet; waiting for it.']);
    expect(said).toContain('are there');
  });

  it('gives up in the end, with a message and without a password', async () => {
    const { adminUrl } = await reserveDoor();
    const service = uniqueService();
    const log = recordedLog();
    const env = environmentOf(service, adminUrl);
    await expect(provisionFromEnvironment({ service, env, log, waitMs: 0 })).rejects.toThrow('ECONNREFUSED');
    await expect(provisionFromEnvironment({ service, env: {}, log })).rejects.toThrow('ADMIN_DATABASE_URL must be');
  });

  it('leaves roles alone that are not its own', async () => {
    const service = uniqueService();
    const env = { ...environmentOf(service), DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:1/elsewhere' };
    const said = await provisionFromEnvironment({ service, env, log: recordedLog() });
    expect(said).toContain('somebody');
    expect(said).not.toContain('secret');
  });
});
