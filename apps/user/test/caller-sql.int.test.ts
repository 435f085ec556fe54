import { createPool, createPrismaAdapter } from '@tasktracker/postgres';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrismaClient } from '../src/generated/prisma/client.ts';
import { accountFields } from '../src/accounts/account-repository.ts';
import { findCaller } from '../src/sessions/caller-sql.ts';
import { claimsOf, TestService } from './user-service.ts';

describe('finding the caller of an access token', () => {
  let service: TestService;
  let pool: Pool;
  let prisma: PrismaClient;

  beforeAll(async () => {
    service = await TestService.start();
    pool = createPool({
      connectionString: service.database.appUrl,
      max: 1,
      applicationName: 'test',
      log: { warn: () => undefined },
    });
    prisma = new PrismaClient({ adapter: createPrismaAdapter(pool) });
  });
  afterAll(async () => {
    await prisma.$disconnect();
    await pool.end();
    await service.stop();
  });

  it('gives what Prisma gives', async () => {
    const { account, tokens } = await service.person();
    await service.call('PATCH', '/me', { token: tokens.access, body: { full_name: 'Zoë 🙂' } });
    const other = await service.login(account);
    await service.call('POST', '/logout', { body: { refresh_token: other.refresh } });
    for (const { access } of [tokens, other]) {
      const id = BigInt(String(claimsOf(access)['sid']));
      const twin = await prisma.session.findUniqueOrThrow({
        where: { id },
        select: { id: true, endedAt: true, endReason: true, expiresAt: true, account: { select: accountFields } },
      });
      const { account: twinAccount, ...session } = twin;
      expect(await findCaller(pool, id)).toEqual({ session, account: twinAccount });
    }
  });

  it('finds nobody for an unknown session or a deleted account', async () => {
    expect(await findCaller(pool, 999_999n)).toBeUndefined();
    const { account, tokens } = await service.person();
    const body = { current_password: account.password };
    await service.call('DELETE', '/me', { token: tokens.access, body });
    expect(await findCaller(pool, BigInt(String(claimsOf(tokens.access)['sid'])))).toBeUndefined();
  });
});
