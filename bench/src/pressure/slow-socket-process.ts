// A process of its own, so that a load beside it does not wait for it.
import { connect, type Socket } from 'node:net';
import type { SlowSocket, SlowSocketNews, SlowSocketPlan } from './slow-socket-plan.ts';

const reopenAfterMs = 1_000;
let begun = 0;
let cutOff = 0;

process.once('disconnect', () => process.exit());
process.once('message', ({ port, sockets }: SlowSocketPlan) => {
  for (const plan of sockets) {
    setTimeout(() => hold(port, plan, () => begin(sockets.length)), plan.openAtMs);
  }
  process.on('message', () => tell({ cutOff }));
});

function begin(wanted: number): void {
  begun += 1;
  if (begun === wanted) tell('open');
}

function tell(news: SlowSocketNews): void {
  process.send?.(news);
}

/**
 * Opens it again when it was refused, and a sender when it was cut off: large pages asked for again and again are another
 * load than slow sockets. `onBegin` is called once, when it has begun to be slow.
 */
function hold(port: number, plan: SlowSocket, onBegin: () => void): void {
  let toDo: (() => void) | undefined = onBegin;
  const beginOnce = (): void => {
    toDo?.();
    toDo = undefined;
  };
  const isSender = plan.head.startsWith('POST');
  const socket = isSender ? sendSlowly(port, plan, beginOnce) : takeSlowly(port, plan, beginOnce);
  socket.on('error', () => undefined); // its close says the same
  socket.once('close', () => {
    const isCutOff = toDo === undefined;
    if (isCutOff) cutOff += 1;
    if (isSender || !isCutOff) setTimeout(() => hold(port, plan, beginOnce), reopenAfterMs);
  });
}

function sendSlowly(port: number, { head, bytes, everyMs }: SlowSocket, onBegin: () => void): Socket {
  const part = Buffer.alloc(bytes, ' ');
  const socket = connect({ host: '127.0.0.1', port }, () => onBegin()).resume();
  socket.write(head);
  const timer = setInterval(() => socket.write(part), everyMs);
  return socket.once('close', () => clearInterval(timer));
}

function takeSlowly(port: number, { head, bytes, everyMs }: SlowSocket, onBegin: () => void): Socket {
  let isFirst = true;
  // Takes one part, and the next when it is resumed.
  const callback = (_bytes: number, part: Uint8Array): boolean => {
    if (isFirst && !Buffer.from(part).toString('latin1').startsWith('HTTP/1.1 200')) socket.destroy();
    else if (isFirst) onBegin();
    isFirst = false;
    return false;
  };
  const buffer = Buffer.alloc(Math.max(bytes, 'HTTP/1.1 200'.length));
  const socket = connect({ host: '127.0.0.1', port, onread: { buffer, callback } });
  socket.write(head);
  const timer = setInterval(() => socket.resume(), everyMs);
  return socket.once('close', () => clearInterval(timer));
}
