// What docs/adr/0005 quotes: `npm run measure -w packages/auth`.
import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { addScope, createLogger, createServiceApp, publicScope } from '@tasktracker/service-kit';
import { tokenVerification } from '../src/auth.ts';
import { createTokenIssuer } from '../src/testing/testing.ts';

interface Figure {
  readonly what: string;
  readonly work: () => unknown;
}

const rounds = 7;
const callsPerRound = 1_000;
const issuer = createTokenIssuer();
const token = issuer.token();

/** One for each call that needs a token which was never seen. */
const newTokens = Array.from({ length: 2 * rounds * callsPerRound }, () => issuer.token());
const newToken = (): string => newTokens.pop() ?? '';

/** Mean CPU per call in each round, the contenders taking turns; the median of the rounds is printed. */
async function measure(figures: readonly Figure[]): Promise<void> {
  const results = new Map<string, number[]>(figures.map(({ what }) => [what, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { what, work } of figures) {
      const before = process.cpuUsage();
      for (let call = 0; call < callsPerRound; call += 1) await work();
      const { user, system } = process.cpuUsage(before);
      results.get(what)?.push((user + system) / callsPerRound);
    }
  }
  for (const [what, perCall] of results) {
    const median = perCall.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN;
    process.stdout.write(`${what.padEnd(60)} ${median.toFixed(1).padStart(7)} µs CPU\n`);
  }
}

/** A token's bytes signed and verified by each algorithm that was considered, without any library. */
function algorithmFigures(): Figure[] {
  const [signed] = /^[^.]+\.[^.]+/.exec(token) ?? [''];
  const bytes = Buffer.from(signed);
  const algorithms: [string, string | null, { privateKey: KeyObject; publicKey: KeyObject }][] = [
    ['RS256', 'sha256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES256', 'sha256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['EdDSA', null, generateKeyPairSync('ed25519')],
  ];
  return algorithms.flatMap(([name, digest, { privateKey, publicKey }]) => {
    const signature = sign(digest, bytes, privateKey);
    return [
      { what: `${name} sign`, work: () => sign(digest, bytes, privateKey) },
      { what: `${name} verify`, work: () => verify(digest, bytes, publicKey, signature) },
    ];
  });
}

const app = await createServiceApp({
  serviceName: 'measure',
  description: '',
  log: createLogger('measure', 'silent'),
  isReady: () => Promise.resolve(true),
});
const keys = { publicKey: () => Promise.resolve(issuer.publicKeyPem), isEnded: () => false };
await app.register(tokenVerification, { keys, issuer: 'tasktracker', audience: 'tasktracker' });
await addScope(app, publicScope, async (scope) => {
  scope.get('/measure', { schema: { operationId: 'measure' } }, async (request) => {
    const withToken = (each: string): typeof request => {
      request.raw.headers.authorization = `Bearer ${each}`;
      return request;
    };
    await measure([
      ...algorithmFigures(),
      { what: 'the `authenticated` hook, a token never seen', work: () => app.authenticated(withToken(newToken())) },
      { what: 'the `authenticated` hook, a token seen a moment ago', work: () => app.authenticated(withToken(token)) },
      { what: '`verifyAccessToken`, a token never seen', work: () => app.verifyAccessToken(newToken()) },
      { what: '`verifyAccessToken`, a token seen a moment ago', work: () => app.verifyAccessToken(token) },
    ]);
    return {};
  });
});
await app.inject({ url: '/measure', headers: { authorization: `Bearer ${token}` } });
await app.close();
