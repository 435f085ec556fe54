import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RecordingKind, Recordings } from './recordings.ts';

/** Where processes with a recorder put their sockets. */
export const recorderFolderVariable = 'TASKTRACKER_RECORDERS';

/** Short: a socket's path may have 103 characters. */
export const socketOf = (folder: string, pid: number): string => join(folder, `${pid}.sock`);

/** What a process needs in its environment to be recorded, with its sockets in that folder. */
export function recordedEnvironment(folder: string): Readonly<Record<string, string>> {
  const recorder = new URL('recorder.ts', import.meta.url).href;
  const options = [process.env['NODE_OPTIONS'], `--import=${recorder}`];
  return { NODE_OPTIONS: options.join(' ').trim(), [recorderFolderVariable]: folder };
}

/**
 * Has a process record itself; resolves, once it does, to what ends that and gives the result. Throws what the process
 * says is wrong.
 */
export async function record<K extends RecordingKind>(
  socketPath: string,
  kind: K,
): Promise<() => Promise<Recordings[K]>> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<string> => {
    socket.write(`${line}\n`);
    const answer: IteratorResult<string> = await lines.next();
    if (answer.done === true) throw new Error('a service ended while it was recorded');
    return answer.value;
  };
  const begun = await ask(kind);
  if (begun !== 'begun') throw new Error(begun);
  return async () => {
    const result: Recordings[K] = JSON.parse(await ask('end'));
    socket.destroy();
    return result;
  };
}
