// `npm run demo`: adds to a running TaskTracker the account of somebody who has worked with it for months.
import { ApiProblem, dataOf, type ApiClient } from '@tasktracker/api-client';
import { gateway } from '@tasktracker/contracts/services';
import { parseCommandLine } from './command-line.ts';
import { createDemoAccount } from './demo/demo-account.ts';
import { createDemoTasks, type DemoTask } from './demo/demo-tasks.ts';
import { createProgressBar } from './terminal/progress-bar.ts';
import { StartError } from './start-error.ts';
import { createTerminal, formatTime } from './terminal/terminal.ts';

const taskCount = 280;
const requestsAtOnce = 8;
const defaultUrl = `http://localhost:${gateway.port}`;
const needsUrl = `a URL such as ${defaultUrl}`;

const help = `Usage: npm run demo -- [options]

  --url URL   the gateway of the TaskTracker to fill
              (default ${defaultUrl})
  --help      show this
`;

const terminal = createTerminal(process.stdout, process.env);

try {
  const { url, help: wantsHelp } = parseOptions(process.argv.slice(2));
  if (wantsHelp) process.stdout.write(help);
  else await fillWithDemo(toBaseUrl(url));
} catch (error) {
  const words = error instanceof StartError ? error.message : String(error);
  process.stderr.write(`${terminal.style('red', words)}\n`);
  process.exitCode = 1;
}

async function fillWithDemo(baseUrl: string): Promise<void> {
  const startedAt = performance.now();
  await checkRuns(baseUrl);
  const account = await explained(createDemoAccount(baseUrl));
  const tasks = createDemoTasks(taskCount, new Date(), Math.random);
  await explained(createTasks(account.api, tasks));
  const open = tasks.filter(({ status }) => status !== 'done').length;
  const lines = [
    `${tasks.length} tasks in ${formatTime(performance.now() - startedAt)}, ${open} of them still open.`,
    '',
    `  ${terminal.style('dim', 'username')}  ${account.username}`,
    `  ${terminal.style('dim', 'password')}  ${account.password}`,
    `  ${terminal.style('dim', 'e-mail  ')}  ${account.email}`,
    '',
    `  Sign in with "Authorize" at ${baseUrl}/docs, or`,
    `  curl ${baseUrl}/api/v1/auth/login -d username=${account.username} -d password=${account.password}`,
  ];
  for (const line of lines) terminal.say(line);
}

async function createTasks(api: ApiClient, tasks: readonly DemoTask[]): Promise<void> {
  const bar = createProgressBar(process.stdout, tasks.length, 'tasks');
  const waiting = tasks.values();
  let done = 0;
  async function work(): Promise<void> {
    for (const body of waiting) {
      await dataOf(api.POST('/api/v1/tasks', { body }));
      done += 1;
      bar.show(done);
    }
  }
  bar.show(0);
  try {
    await Promise.all(Array.from({ length: requestsAtOnce }, work));
  } finally {
    bar.clear();
  }
}

async function checkRuns(baseUrl: string): Promise<void> {
  const answer = await fetch(new URL('/', baseUrl)).catch(() => undefined);
  if (answer === undefined) {
    throw new StartError(`Nothing answers at ${baseUrl}: start it with \`npm start\`, or name another with --url URL.`);
  }
  const body: unknown = await answer.json().catch(() => undefined);
  if (typeof body === 'object' && body !== null && 'name' in body && String(body.name).startsWith('TaskTracker'))
    return;
  throw new StartError(`The program at ${baseUrl} is not a TaskTracker gateway: give the right URL with --url URL.`);
}

/** What the system refuses, in its own words. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ApiProblem) {
      throw new StartError(`TaskTracker refused: ${error.message} (request ${error.requestId ?? 'unknown'}).`, {
        cause: error,
      });
    }
    if (error instanceof TypeError) {
      throw new StartError('TaskTracker stopped answering: look at its terminal, then run this again.', {
        cause: error,
      });
    }
    throw error;
  }
}

function parseOptions(args: string[]): { url: string; help: boolean } {
  const options = {
    url: { type: 'string', default: defaultUrl },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  return parseCommandLine('npm run demo', { args, options }, { url: needsUrl }).values;
}

function toBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new StartError(`--url needs ${needsUrl}.`);
  }
  return url.origin;
}
