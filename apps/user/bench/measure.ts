// What the ADRs of this service quote: `npm run measure -w apps/user`. Starts a Postgres of its own; takes a minute.
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestServer } from '@tasktracker/embedded-postgres/testing';
import { createPool, createPrismaAdapter, provisionDatabase } from '@tasktracker/postgres';
import { createLogger } from '@tasktracker/service-kit';
import { buildApp } from '../src/app.ts';
import { parseUserConfig } from '../src/config.ts';
import { openDeps } from '../src/deps.ts';
import { PrismaClient } from '../src/generated/prisma/client.ts';
import { generateSigningKeyPair } from '../src/keys/key-pair.ts';
import { findCaller } from '../src/sessions/caller-sql.ts';
import { createRefreshToken, formatRefreshToken, hashRefreshToken } from '../src/sessions/refresh-token.ts';

interface Figure {
  readonly what: string;
  readonly times: number;
  readonly work: () => Promise<unknown>;
}

/** Median wall time and mean CPU of this process per call, the contenders taking turns. */
async function measure(figures: readonly Figure[], rounds = 7): Promise<void> {
  const results = new Map(figures.map(({ what }) => [what, { wall: [] as number[], cpu: [] as number[] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { what, times, work } of figures) {
      const cpu = process.cpuUsage();
      const started = performance.now();
      for (let n = 0; n < times; n += 1) await work();
      const { user, system } = process.cpuUsage(cpu);
      results.get(what)?.wall.push(((performance.now() - started) * 1000) / times);
      results.get(what)?.cpu.push((user + system) / times);
    }
  }
  for (const [what, { wall, cpu }] of results) {
    process.stdout.write(`${what.padEnd(58)} ${toText(wall)} µs wall ${toText(cpu)} µs CPU\n`);
  }
}

function toText(values: readonly number[]): string {
  const middle = values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
  return middle.toFixed(0).padStart(8);
}

interface Algorithm {
  readonly name: string;
  readonly digest: string | null;
  readonly pair: { privateKey: KeyObject; publicKey: KeyObject };
}

/** Signing and verifying 300 bytes, a token's size, by the algorithms that were considered. */
function algorithmFigures(): Figure[] {
  const token = randomBytes(300);
  const algorithms: Algorithm[] = [
    { name: 'RS256', digest: 'sha256', pair: generateKeyPairSync('rsa', { modulusLength: 2048 }) },
    { name: 'ES256', digest: 'sha256', pair: generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
    { name: 'EdDSA', digest: null, pair: generateKeyPairSync('ed25519') },
  ];
  return algorithms.flatMap(({ name, digest, pair: { privateKey, publicKey } }) => {
    const signature = sign(digest, token, privateKey);
    return [
      { what: `${name} sign`, times: 200, work: async () => sign(digest, token, privateKey) },
      { what: `${name} verify`, times: 1000, work: async () => verify(digest, token, publicKey, signature) },
    ];
  });
}

const silent = { warn: () => undefined };
const server = await startTestServer();
const { appUrl, migrateUrl } = await provisionDatabase({
  adminUrl: server.adminUrl,
  service: 'user',
  passwords: { migrate: 'm', app: 'a' },
});
const migrate = fileURLToPath(new URL('../src/migrate.ts', import.meta.url));
await promisify(execFile)(process.execPath, [migrate], { env: { MIGRATION_DATABASE_URL: migrateUrl } });

const config = parseUserConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: appUrl, KEY_ENCRYPTION_KEY_FILE: '-' });
const secrets = { masterKey: randomBytes(32), introspectionClient: undefined };
const log = createLogger('measure', config.logLevel);
const deps = await openDeps(config, log, { secrets });
const app = await buildApp(config, deps, log);
await deps.keys.refresh();
const pool = createPool({ connectionString: appUrl, max: 1, applicationName: 'measure', log: silent });
const prisma = new PrismaClient({ adapter: createPrismaAdapter(pool) });

const now = new Date();
const passwordHash = await deps.hasher.hash('correct horse');
const names = { username: 'measured', email: 'measured@example.com', fullName: null };
const account = await deps.store.accounts.insert({ ...names, passwordHash, createdAt: now });
const expiresAt = new Date(now.getTime() + 86_400_000);
const times = { createdAt: now, expiresAt, accessExpiresAt: expiresAt, userAgent: null };
const first = createRefreshToken();
const session = await deps.store.sessions.insert(account.id, { ...hashRefreshToken(first), ...times });
let refreshToken = formatRefreshToken(first);

async function post(path: string, payload: object): Promise<Record<string, unknown>> {
  const answer = await app.inject({ method: 'POST', url: `/api/v1/auth${path}`, payload });
  return answer.json();
}

await measure([
  { what: 'caller of an access token: SQL through the driver', times: 500, work: () => findCaller(pool, session) },
  {
    what: 'caller of an access token: Prisma with include',
    times: 500,
    work: () => prisma.session.findUnique({ where: { id: session }, include: { account: true } }),
  },
  {
    what: 'POST /refresh, all of it',
    times: 100,
    async work() {
      refreshToken = String((await post('/refresh', { refresh_token: refreshToken }))['refresh_token']);
    },
  },
]);
await measure(algorithmFigures());
await measure([
  { what: 'argon2id, 19 MiB, t=2, p=1', times: 10, work: () => deps.hasher.verify('correct horse', passwordHash) },
  {
    what: 'POST /login, all of it',
    times: 10,
    work: () => post('/login', { username: 'measured', password: 'correct horse' }),
  },
  {
    what: 'POST /login, wrong password',
    times: 10,
    work: () => post('/login', { username: 'measured', password: 'wrong' }),
  },
  {
    what: 'POST /login, unknown name',
    times: 10,
    work: () => post('/login', { username: 'nobody', password: 'wrong' }),
  },
  { what: 'a new RSA pair of 2048 bits', times: 3, work: generateSigningKeyPair },
]);

await app.close();
await deps.close();
await prisma.$disconnect();
await pool.end();
await server.stop();
