// Preloaded into the processes of a stack (`node --import`): records a service when told to over a socket of its own. The
// services know nothing of it, and it does nothing until it is asked.
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isMainThread } from 'node:worker_threads';
import { recorderFolderVariable, socketOf } from './recorder-client.ts';
import { beginRecording, type RecordingKind } from './recordings.ts';

const folder = process.env[recorderFolderVariable];
const isService = process.argv[1]?.endsWith(join('src', 'server.ts')) === true;

if (folder !== undefined && isService && isMainThread) {
  const server = createServer((socket) => {
    socket.unref();
    socket.on('error', () => socket.destroy());
    serve(socket).catch((error: unknown) => socket.end(`${String(error)}\n`));
  });
  server.listen(socketOf(folder, process.pid)).unref();
}

/** A line names what to record, a second one ends it; each is answered by a line, the last of them JSON. */
async function serve(socket: Socket): Promise<void> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const kind: IteratorResult<string> = await lines.next();
  if (!isKind(kind.value)) throw new Error(`nothing is recorded as ${kind.value}`);
  const end = await beginRecording(kind.value);
  socket.write('begun\n');
  await lines.next(); // also when whoever asked is gone
  socket.end(`${JSON.stringify(await end())}\n`);
}

const kinds: readonly string[] = ['figures', 'cpu', 'allocations'] satisfies RecordingKind[];

function isKind(text: string): text is RecordingKind {
  return kinds.includes(text);
}
