import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SystemAddresses } from './journey-target.ts';

export interface RunningStack {
  addresses: SystemAddresses;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/** Starts the local stack as `npm start` does, on free ports and a data folder of its own; resolves when it is ready. */
export async function startStack(): Promise<RunningStack> {
  const port = await fourFreePorts();
  const dataDir = await mkdtemp(join(tmpdir(), 'tasktracker-journeys-'));
  const start = join(import.meta.dirname, '../../local/src/start.ts');
  const child = spawn(process.execPath, [start, '--port', String(port), '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(dataDir, { recursive: true, force: true });
  };
  const urls = [0, 1, 2, 3].map((offset) => `http://localhost:${port + offset}`);
  try {
    await Promise.all(urls.map((url) => ready(url, child)));
  } catch (error) {
    await stop();
    throw new Error(`The stack for the journeys did not start.\n${output.join('')}`, { cause: error });
  }
  const [gateway = '', user = '', task = '', stats = ''] = urls;
  const services: SystemAddresses['services'] = [
    { service: 'user', url: user },
    { service: 'task', url: task },
    { service: 'stats', url: stats },
  ];
  return { addresses: { gateway, services }, stop };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    const answer = await fetch(new URL('/readyz', url)).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} is not ready`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGTERM'), 15_000);
  await exit;
  clearTimeout(impatience);
}

/** The first of four neighbouring ports that nobody listens on. */
async function fourFreePorts(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all([0, 1, 2, 3].map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
