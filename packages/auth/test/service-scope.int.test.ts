import { InvalidToken } from '@tasktracker/errors';
import { addScope, createLogger, createServiceApp, type ServiceApp } from '@tasktracker/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticatedScope, serviceScope, tokenVerification } from '../src/auth.ts';
import { createTokenIssuer } from '../src/testing/testing.ts';

const issuer = createTokenIssuer();
const own = { sub: 'service:task', client_id: 'task', scope: 'events:read', sid: undefined };

describe('the scope of services', () => {
  let app: ServiceApp;

  beforeAll(async () => {
    app = await createServiceApp({
      serviceName: 'library',
      description: '',
      log: createLogger('library', 'silent'),
      isReady: () => Promise.resolve(true),
    });
    const keys = {
      async publicKey(kid: string) {
        if (kid !== issuer.kid) throw new InvalidToken();
        return issuer.publicKeyPem;
      },
      isEnded: () => false,
    };
    await app.register(tokenVerification, { keys, issuer: 'tasktracker', audience: 'tasktracker' });
    await addScope(app, serviceScope(app, 'events:read'), async (scope) => {
      scope.get('/internal/loans', { schema: { operationId: 'listLoans' } }, () => ({ loans: [] }));
    });
    await addScope(app, authenticatedScope(app), async (scope) => {
      scope.get('/books', { schema: { operationId: 'listBooks' } }, () => ({ books: [] }));
    });
  });
  afterAll(() => app.close());

  async function ask(url: string, token?: string): Promise<{ status: number; code: unknown; challenge: unknown }> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await app.inject({ url, headers });
    const { code } = answer.json<{ code?: unknown }>();
    return { status: answer.statusCode, code, challenge: answer.headers['www-authenticate'] };
  }

  it("lets a service's own token in, among other scopes too", { tags: ['service-tokens-apart'] }, async () => {
    for (const scope of ['events:read', 'other events:read more']) {
      expect((await ask('/internal/loans', issuer.token({ ...own, scope }))).status).toBe(200);
    }
  });

  it(
    'refuses everybody else: no token, one of a person, one that is wrong',
    { tags: ['service-tokens-apart'] },
    async () => {
      expect(await ask('/internal/loans')).toEqual({ status: 401, code: 'NOT_AUTHENTICATED', challenge: 'Bearer' });
      const now = Math.floor(Date.now() / 1_000);
      const wrong = {
        'of a person': {},
        'of a person, with the scope': { scope: 'events:read' },
        'with a session': { ...own, sid: '1' },
        'of an account': { ...own, sub: '17' },
        'of no service': { ...own, sub: 'service:' },
        'of a strange name': { ...own, sub: 'service:../task' },
        'without a scope': { ...own, scope: undefined },
        'of yesterday': { ...own, iat: now - 900, exp: now - 1 },
        'of tomorrow': { ...own, iat: now + 900, exp: now + 1_000 },
        'for years': { ...own, exp: now + 100_000_000 },
        'for others': { ...own, aud: 'elsewhere' },
        'by others': { ...own, iss: 'elsewhere' },
      };
      for (const [what, claims] of Object.entries(wrong)) {
        const { status, code } = await ask('/internal/loans', issuer.token(claims));
        expect([what, status, code]).toEqual([what, 401, 'INVALID_TOKEN']);
      }
      const header = { ...own };
      expect((await ask('/internal/loans', issuer.token(header, { typ: 'JWT' }))).status).toBe(401);
      expect((await ask('/internal/loans', issuer.token(header, { kid: 'unknown' }))).status).toBe(401);
      expect((await ask('/internal/loans', createTokenIssuer({ kid: issuer.kid }).token(own))).status).toBe(401);
      expect((await ask('/internal/loans', `${issuer.token(own)}.x`)).status).toBe(401);
    },
  );

  it('says of a token that may do something else what it lacks', { tags: ['service-tokens-apart'] }, async () => {
    expect(await ask('/internal/loans', issuer.token({ ...own, scope: 'events:reader' }))).toEqual({
      status: 403,
      code: 'INSUFFICIENT_SCOPE',
      challenge: 'Bearer error="insufficient_scope", scope="events:read"',
    });
  });

  it("lets no service's token in where people are asked for", { tags: ['service-tokens-apart'] }, async () => {
    expect(await ask('/books', issuer.token(own))).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
    expect((await ask('/books', issuer.token())).status).toBe(200);
  });

  it('is in no document', async () => {
    expect((await app.inject('/openapi.json')).payload).not.toContain('loans');
  });
});
