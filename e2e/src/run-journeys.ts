import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCommandLine } from '@tasktracker/command-line';
import { newSeed } from '@tasktracker/seeded-random';
import { contractServices } from './contract-services.ts';
import type { SystemAddresses } from './journey-target.ts';

const usage = `npm run e2e -- [--url URL] [--SERVICE-url URL]… [--seed HEX] [FILE …]

Runs the journeys of the contract against a running TaskTracker.
  --url           its gateway (http://localhost:8000)
  --SERVICE-url   a service (${contractServices.map(({ name }) => name).join(', ')}); its rows then run there, too
  --seed          repeats the random input of an earlier run
  FILE            only the files whose name contains this
`;

const options = {
  url: { type: 'string', default: 'http://localhost:8000' },
  ...Object.fromEntries(contractServices.map(({ name }) => [`${name}-url`, { type: 'string' } as const])),
  seed: { type: 'string', default: newSeed() },
} as const;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = readCommandLine(usage, { options, allowPositionals: true });
  const services = contractServices.flatMap(({ name }) => {
    const url: unknown = Reflect.get(values, `${name}-url`);
    return typeof url === 'string' ? [{ service: name, url }] : [];
  });
  const system: SystemAddresses = { gateway: values.url, services };
  const urls = [system.gateway, ...services.map((service) => service.url)];
  const faults = (await Promise.all(urls.map(unreachable))).filter((fault) => fault !== undefined);
  if (faults.length > 0) {
    process.stderr.write(`${faults.join('\n')}\n`);
    return 1;
  }
  if (await isLimited(system.gateway)) process.stdout.write(limitedHint);
  process.stdout.write(`Journeys against ${urls.join(', ')}, seed ${values.seed}\n`);
  return runVitest(positionals, { JOURNEY_SYSTEM: JSON.stringify(system), JOURNEY_SEED: values.seed });
}

async function unreachable(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(5_000) });
    return answer.ok ? undefined : `${url} is not ready: /readyz answered ${answer.status}.`;
  } catch {
    return `Nothing answers at ${url}. Start TaskTracker (npm start) or name its gateway with --url.`;
  }
}

const limitedHint = `This system limits requests without a token, of which the journeys send some hundreds from one address: if they are
answered 429, set RATE_LIMIT_ADDRESS_PER_MINUTE=0 at the gateway.
`;

async function isLimited(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return answer.headers.has('ratelimit-policy');
}

function runVitest(files: string[], environment: Record<string, string>): Promise<number> {
  const vitest = join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs');
  const root = join(import.meta.dirname, '..');
  const args = [vitest, 'run', '--root', root, '--project', 'journeys', '--project', 'races', ...files];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
