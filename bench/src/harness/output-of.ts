import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { hasEnded } from './pinned-process.ts';

/**
 * What a program prints until it has ended. It has a process group of its own, and ends with this process, together with what it
 * started, even if only this process gets a signal. Throws if it fails.
 */
export async function outputOf(command: string, args: readonly string[], env = process.env): Promise<string> {
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = (): void => {
    if (child.pid !== undefined && !hasEnded(child)) process.kill(-child.pid, 'SIGKILL');
  };
  process.prependOnceListener('exit', endWithUs); // before the database that it asks
  try {
    const [[code, signal], output, complaint] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    if (code !== 0) throw new Error(`${command} ended with ${code ?? signal}: ${complaint}${output}`);
    return output;
  } finally {
    process.off('exit', endWithUs);
  }
}
