// A process of its own, so that a load beside it does not wait for it.
import { connect } from 'node:net';
import type { SlowSocket, SlowSocketNews, SlowSocketPlan } from './slow-socket-plan.ts';

const reopenAfterMs = 1_000;
let cutOff = 0;

process.once('disconnect', () => process.exit());
process.once('message', (plan: SlowSocketPlan) => {
  for (const socket of plan.sockets) setTimeout(() => hold(plan.port, socket), socket.openAtMs);
  const last = Math.max(...plan.sockets.map(({ openAtMs }) => openAtMs));
  setTimeout(() => tell('open'), last + reopenAfterMs);
  process.on('message', () => tell(cutOff));
});

function tell(news: SlowSocketNews): void {
  process.send?.(news);
}

function hold(port: number, plan: SlowSocket): void {
  const { head, bytes, everyMs } = plan;
  const isSender = head.startsWith('POST');
  const part = Buffer.alloc(bytes, ' ');
  // Takes one part, and the next when it is resumed.
  const onread = { buffer: Buffer.alloc(bytes), callback: () => false };
  const socket = connect({ host: '127.0.0.1', port, ...(!isSender && { onread }) });
  socket.write(head);
  const timer = setInterval(() => (isSender ? socket.write(part) : socket.resume()), everyMs);
  if (isSender) socket.resume();
  socket.on('error', () => undefined); // its close says the same
  socket.once('close', () => {
    clearInterval(timer);
    cutOff += 1;
    setTimeout(() => hold(port, plan), reopenAfterMs);
  });
}
