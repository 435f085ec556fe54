import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { servicesByName } from '@tasktracker/contracts/services';
import { findFreePorts } from '@tasktracker/faults/free-ports';

export interface LoneGateway {
  readonly port: number;
  /** Connections that it has tried to make to this port. */
  connectionAttempts(port: number): Promise<number>;
  stop(): Promise<void>;
}

export interface LoneGatewayOptions {
  /** Of a running system: the user service and all that the gateway does not find elsewhere. */
  readonly services: Readonly<Record<string, string>>;
  /** Where it finds the task service. */
  readonly taskPort: number;
  /** A token that it must know before it counts as ready. */
  readonly token: string;
}

const entry = fileURLToPath(new URL('../../../apps/gateway/src/server.ts', import.meta.url));
const countConnections = new URL('count-connections.ts', import.meta.url).href;
const readyMs = 30_000;

/** A further gateway of a running system, with another task service. */
export async function startGateway({ services, taskPort, token }: LoneGatewayOptions): Promise<LoneGateway> {
  const [port = 0] = await findFreePorts(1);
  const { user, task, stats } = servicesByName;
  const env = {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'fatal',
    RATE_LIMIT_READS_PER_MINUTE: '0',
    // Longer than a silence that counts as a failure, so that all of its care is at work.
    REQUEST_TIMEOUT_MS: '6000',
    [user.urlVariable]: services['user'],
    [stats.urlVariable]: services['stats'],
    [task.urlVariable]: `http://127.0.0.1:${taskPort}`,
  };
  const child = spawn(process.execPath, ['--import', countConnections, entry], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  await untilReady(`http://127.0.0.1:${port}/api/v1/auth/me`, token, child);
  return {
    port,
    async connectionAttempts(to) {
      const answer = once(child, 'message');
      child.send(String(to));
      return Number((await answer)[0]);
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Ready when it has the keys: it then knows the token. */
async function untilReady(url: string, token: string, child: { exitCode: number | null }): Promise<void> {
  const until = performance.now() + readyMs;
  while (child.exitCode === null && performance.now() < until) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } }).catch(() => undefined);
    await answer?.text();
    if (answer?.ok) return;
    await delay(50);
  }
  throw new Error('the gateway did not get ready');
}
