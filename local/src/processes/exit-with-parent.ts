// Preloaded into each process that the stack starts (`node --import`): ends it when the stack dies, however it does.
// The stack holds the other end of an IPC channel, which the kernel closes with it. By the same channel it learns that a
// service listens, so that it need not knock before. Services know nothing of this.
import { subscribe } from 'node:diagnostics_channel';
import { flushCompileCache } from 'node:module';
import { writeSync } from 'node:fs';

const drainMs = 4_000;

process.once('disconnect', () => {
  try {
    writeSync(process.stderr.fd, `${JSON.stringify({ level: 'warn', msg: 'the stack is gone, draining' })}\n`);
  } catch {
    // A log on a full disk must not keep the drain from happening.
  }
  process.kill(process.pid, 'SIGTERM');
  // A drain that hangs must not hold on to the port that the next start needs.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), drainMs).unref();
});
subscribe('tracing:net.server.listen:asyncEnd', () => process.send?.('listening', () => {}));
// The stack says when it is ready. At the end, writing the cache would delay a drain or be lost to `kill -9`.
process.on('message', () => flushCompileCache());
// Listening alone must not keep a finished process alive.
process.channel?.unref();
if (!process.connected) process.kill(process.pid, 'SIGTERM');
