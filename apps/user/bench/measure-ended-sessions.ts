// What ADR 0037 quotes: `npm run measure:ended-sessions -w apps/user`. A million ended sessions, read by a verifier that has just
// started, over a socket from a Postgres of its own; then what a poll costs that finds nothing new.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRemoteKeys } from '@tasktracker/auth';
import { startTestServer } from '@tasktracker/embedded-postgres/testing';
import { createPool, provisionDatabase } from '@tasktracker/postgres';
import { createLogger } from '@tasktracker/service-kit';
import { buildApp } from '../src/app.ts';
import { parseUserConfig } from '../src/config.ts';
import { openDeps } from '../src/deps.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const rounds = 5;

const server = await startTestServer();
const { appUrl, migrateUrl } = await provisionDatabase({
  adminUrl: server.adminUrl,
  service: 'user',
  passwords: { migrate: 'm', app: 'a' },
});
const migrate = fileURLToPath(new URL('../src/migrate.ts', import.meta.url));
await promisify(execFile)(process.execPath, [migrate], { env: { MIGRATION_DATABASE_URL: migrateUrl } });

const config = parseUserConfig({ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: appUrl });
const log = createLogger('measure', config.logLevel);
const deps = await openDeps(config, log, { secrets: { masterKey: randomBytes(32), introspectionClient: undefined } });
const app = await buildApp(config, deps, log);
await deps.keys.refresh();
const userServiceUrl = await app.listen({ host: '127.0.0.1', port: 0 });

const pool = createPool({ connectionString: appUrl, max: 1, applicationName: 'measure', log });
const atATime = 50_000;
for (let from = 1; from <= count; from += atATime) {
  await pool.query(
    `INSERT INTO ended_sessions (transaction_id, session_id, expiry_minute)
     SELECT 1 + n / 2000, n, extract(epoch FROM now())::bigint / 60 + 1 + n % 15 FROM generate_series($1::int, $2::int) AS n`,
    [from, Math.min(count, from + atATime - 1)],
  );
}

async function measureRound(): Promise<void> {
  const remote = createRemoteKeys({ source: { userServiceUrl }, log, pollIntervalMs: 60_000 });
  const before = process.memoryUsage();
  const started = performance.now();
  const startCpu = process.cpuUsage();
  void remote.start();
  const known = await remote.publicKey('none').catch((error: unknown) => error);
  const until = performance.now() - started;
  const { user, system } = process.cpuUsage(startCpu);
  const { arrayBuffers } = process.memoryUsage();
  const isThere = remote.isEnded(String(count), Date.now() / 1_000 + 900);
  process.stdout.write(
    `${count} read in ${until.toFixed(0)} ms, ${((user + system) / 1_000).toFixed(0)} ms CPU of both services, ${((arrayBuffers - before.arrayBuffers) / 1e6).toFixed(0)} MB in arrays, ` +
      `the last one known: ${isThere}, answer: ${known instanceof Error ? known.message : String(known)}\n`,
  );
  await remote.close();
}

for (let round = 0; round < rounds; round += 1) await measureRound();

let cursor = '';
for (let hasMore = true; hasMore;) {
  const answer = await fetch(`${userServiceUrl}/internal/ended-sessions/changes?cursor=${cursor}`);
  const page: { next_cursor: string; has_more: boolean } = JSON.parse(await answer.text());
  [cursor, hasMore] = [page.next_cursor, page.has_more];
}
const polls = 200;
const begun = performance.now();
let bytes = 0;
for (let poll = 0; poll < polls; poll += 1) {
  const answer = await fetch(`${userServiceUrl}/internal/ended-sessions/changes?cursor=${cursor}`);
  bytes = (await answer.text()).length;
}
process.stdout.write(
  `a poll that finds nothing: ${((performance.now() - begun) / polls).toFixed(2)} ms, ${bytes} bytes\n`,
);

await app.close();
await deps.close();
await pool.end();
await server.stop();
