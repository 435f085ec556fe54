import { Writable } from 'node:stream';
import type { V1Status } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import type { CommandResult } from './command.ts';

/** Runs a command in a container through the API and waits for its end. */
export async function execInPod(
  cluster: Cluster,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
  command: readonly string[],
  withinMs = 30_000,
): Promise<CommandResult> {
  const stdout = collector();
  const stderr = collector();
  const { promise, resolve, reject } = Promise.withResolvers<V1Status>();
  const socket = await cluster.exec.exec(
    pod.namespace,
    pod.name,
    pod.container,
    [...command],
    stdout.stream,
    stderr.stream,
    null,
    false,
    resolve,
  );
  const timer = setTimeout(() => {
    reject(new Error(`${command.join(' ').slice(0, 200)} in ${pod.name} did not end within ${withinMs} ms`));
    socket.close();
  }, withinMs);
  socket.addEventListener('close', () =>
    reject(new Error(`the connection to ${pod.name} was closed before its command ended`)),
  );
  try {
    return { code: exitCode(await promise), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    clearTimeout(timer);
  }
}

function exitCode(status: V1Status): number {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  return Number(cause?.message ?? 1);
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
