import { spawn, type ChildProcess } from 'node:child_process';
import { globSync, watch } from 'node:fs';
import { dirname } from 'node:path';

// node tools/src/restart-on-change.ts PROGRAM: runs it, and restarts it whenever a file beside or below it, or of a
// package, changes. `node --watch` and recursive watching lose track of files that are replaced, as file
// synchronisation into a container does; a watch on each folder does not.
const program = process.argv[2] ?? '';
if (program === '') throw new Error('usage: node tools/src/restart-on-change.ts PROGRAM');

const settleMs = 50;
const patienceMs = 3_000;
let ending = false;
let settling: NodeJS.Timeout | undefined;
let running = start();

const watched = new Set<string>();
watchFolders();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    ending = true;
    if (hasEnded(running)) process.exit();
    running.kill(signal);
  });
}

/** New folders too, each time something has changed. */
function watchFolders(): void {
  for (const root of [dirname(program), ...globSync('packages/*/src')]) {
    for (const folder of [root, ...globSync(`${root}/**/*/`)]) {
      if (watched.has(folder)) continue;
      watched.add(folder);
      watch(folder, restartSoon).on('error', () => watched.delete(folder));
    }
  }
}

function restartSoon(): void {
  clearTimeout(settling);
  settling = setTimeout(() => {
    watchFolders();
    stop(running);
  }, settleMs);
}

function start(): ChildProcess {
  const child = spawn(process.execPath, [program], { stdio: 'inherit' });
  child.once('exit', (code) => {
    if (ending) process.exit(code ?? 1);
    if (child.killed) running = start();
    else console.log(`${program} ended with ${code ?? 'a signal'}; waiting for a change`);
  });
  return child;
}

/** When it has ended, the next one starts. */
function stop(child: ChildProcess): void {
  if (hasEnded(child)) {
    running = start();
    return;
  }
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), patienceMs).unref();
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
