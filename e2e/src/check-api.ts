import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { readCommandLine } from '@tasktracker/command-line';
import { generatedClients } from './generated-clients.ts';
import { pythonTools, toolCache, ToolMissing } from './python-tools.ts';
import { startStack } from './running-stack.ts';

const usage = `npm run test:api [-- [--url URL] [--cases N] [--seconds N] [--seed N]]

Checks the API against its own documents: generated requests, all checks of schemathesis, through the gateway and at each
service; and clients generated from the document compile. What the machine lacks is skipped and reported.
  --url      one address instead of a stack of its own
  --cases    requests per operation (10)
  --seconds  limit per address (20)
  --seed     repeats an earlier run
`;

const options = {
  url: { type: 'string' },
  cases: { type: 'string', default: '10' },
  seconds: { type: 'string', default: '20' },
  seed: { type: 'string', default: String(randomInt(2 ** 31)) },
} as const;

const settings = join(import.meta.dirname, '../document/schemathesis.toml');
const hooks = { SCHEMATHESIS_HOOKS: 'callers', PYTHONPATH: dirname(settings), PYTHONDONTWRITEBYTECODE: '1' };
const { values } = readCommandLine(usage, { options });

process.exitCode = await main();

async function main(): Promise<number> {
  const failed: string[] = [];
  for (const [language, generate] of Object.entries(generatedClients)) {
    check(`client for ${language}`, failed, generate);
  }
  const commands = available('schemathesis', () => pythonTools(['schemathesis==4.32.5']));
  if (commands !== undefined) {
    const stack = values.url === undefined ? await startStack() : undefined;
    try {
      const { gateway, services } = stack?.addresses ?? { gateway: values.url ?? '', services: [] };
      for (const url of [gateway, ...services.map((service) => service.url)]) {
        check(`document of ${url}, seed ${values.seed}`, failed, () => runSchemathesis(commands, url, gateway));
      }
    } finally {
      await stack?.stop();
    }
  }
  process.stdout.write(
    failed.length === 0 ? 'The API does what its documents say.\n' : `Broken: ${failed.join('; ')}\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** Accounts are made at the gateway: not every service has any. */
function runSchemathesis(commands: string, url: string, accountsUrl: string): void {
  const bounds = ['--max-examples', values.cases, '--max-time', values.seconds, '--seed', values.seed];
  const { status, stdout, stderr } = spawnSync(
    join(commands, 'schemathesis'),
    ['--no-color', '--config-file', settings, 'run', `${url}/openapi.json`, '--url', url, '--checks', 'all', ...bounds],
    { encoding: 'utf8', cwd: toolCache, env: { ...process.env, ...hooks, API_CHECK_ACCOUNTS_URL: accountsUrl } },
  );
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  process.stdout.write(`${/\d+ generated.*/.exec(stdout)?.[0] ?? ''}\n`);
}

function check(name: string, failed: string[], work: () => void): void {
  process.stdout.write(`${name} … `);
  try {
    work();
    process.stdout.write(`${name}: good\n`);
  } catch (error) {
    if (error instanceof ToolMissing) process.stdout.write(`skipped: ${error.message}\n`);
    else {
      failed.push(name);
      process.stdout.write(`broken\n${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

function available<T>(name: string, find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    process.stdout.write(`${name} skipped: ${error.message}\n`);
    return undefined;
  }
}
