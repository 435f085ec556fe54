import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawnStack } from '@tasktracker/local';
import { endWithUs } from '../harness/end-with-us.ts';
import { usageOf } from '../process-usage.ts';

/** A system of its own, on new databases. */
export interface PressureStack {
  readonly url: string;
  /** Of the gateway. */
  readonly port: number;
  readonly taskDatabaseUrl: string;
  /** URLs of all processes by name. */
  readonly services: Readonly<Record<string, string>>;
  readonly gatewayLog: string;
  /** Of all processes by name, `postgres` included. */
  pids(): Readonly<Record<string, number>>;
  /** CPU that each process has used so far, in ms. */
  cpuMs(): Record<string, number>;
  stop(): Promise<void>;
}

/**
 * What is measured is what happens within these limits: all load comes from a few accounts. What needs no token keeps
 * the limit of its address.
 */
const environment = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  REGISTRATIONS_PER_ADDRESS: '0',
  // A flood of sign-ins says where it comes from.
  TRUSTED_PROXIES: '127.0.0.0/8,::1',
};

/** Starts the system of this workspace, or of another one, as `npm start` does. */
export async function startPressureStack(tree?: string): Promise<PressureStack> {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-pressure-'));
  chmodSync(folder, 0o755); // Postgres runs as nobody where root starts it
  const spawn = tree === undefined ? spawnStack : await spawnerOf(tree);
  const stack = await spawn({ dataDir: folder, env: { ...process.env, ...environment } });
  const keep = endWithUs(folder, () => stack.child);
  const { port } = new URL(stack.url);
  const { services, databaseUrls } = stack.state();
  const stop = async (): Promise<void> => {
    process.off('SIGINT', stopAndEnd).off('SIGTERM', stopAndEnd);
    await stack.stop();
    keep();
    rmSync(folder, { recursive: true, force: true });
  };
  const stopAndEnd = (): void => void stop().finally(() => process.exit(130));
  process.on('SIGINT', stopAndEnd).on('SIGTERM', stopAndEnd);
  return {
    url: stack.url,
    port: Number(port),
    taskDatabaseUrl: databaseUrls['task'] ?? '',
    services,
    gatewayLog: join(folder, 'logs', 'gateway.log'),
    pids: () => stack.state().processes,
    cpuMs: () =>
      Object.fromEntries(Object.entries(stack.state().processes).map(([name, pid]) => [name, usageOf(pid).cpuMs])),
    stop,
  };
}

async function spawnerOf(tree: string): Promise<typeof spawnStack> {
  const module: { spawnStack: typeof spawnStack } = await import(
    pathToFileURL(resolve(tree, 'local/src/local.ts')).href
  );
  return module.spawnStack;
}
