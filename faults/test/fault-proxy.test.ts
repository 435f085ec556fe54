import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFaultProxy, type FaultProxy } from '../src/proxy/fault-proxy.ts';
import { writtenOverHttp, writtenToPostgres } from '../src/proxy/written-answers.ts';

let server: Server;
let proxy: FaultProxy;
let seen: string[];

beforeEach(async () => {
  seen = [];
  server = createServer((incoming, answer) => {
    seen.push(incoming.method ?? '');
    incoming.resume().once('end', () => answer.end('written'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  proxy = await openFaultProxy({ targets: () => [1, port], readsAnswers: writtenOverHttp });
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

/** The body of the answer, or the error's code. */
function ask(method: string): Promise<string> {
  return new Promise((resolve) => {
    const outgoing = request({ host: '127.0.0.1', port: proxy.port, method, agent: false });
    outgoing.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.once('response', (answer) => {
      answer.setEncoding('utf8').once('data', resolve);
    });
    outgoing.end(method === 'POST' ? 'x' : undefined);
  });
}

describe('the proxy', () => {
  it('passes on to a target that takes connections', async () => {
    expect(await Promise.all([ask('GET'), ask('POST'), ask('GET')])).toEqual(['written', 'written', 'written']);
  });

  it('lets a write through and cuts its answer, but not that of a read', async () => {
    const undo = proxy.cutWrittenAnswers(() => true);
    expect(await ask('POST')).toBe('ECONNRESET');
    expect(await ask('GET')).toBe('written');
    expect(seen).toEqual(['POST', 'GET']);
    expect(proxy.swallowed).toBe(1);
    undo();
    expect(await ask('POST')).toBe('written');
  });

  it('refuses connections, and takes them again', async () => {
    const undo = await proxy.refuse();
    expect(await ask('GET')).toBe('ECONNREFUSED');
    await undo();
    expect(await ask('GET')).toBe('written');
  });

  it('holds everything up, then resets it', async () => {
    const undo = proxy.stall();
    const asked = ask('POST');
    // It is held up, not refused: a connection is there.
    const probe = connect(proxy.port, '127.0.0.1');
    await once(probe, 'connect');
    undo();
    expect(await asked).toBe('ECONNRESET');
    expect(seen).toEqual([]);
    probe.destroy();
    expect(await ask('GET')).toBe('written');
  });

  it.each(['caller', 'target'] as const)(
    'lets the %s go and tells the other end nothing, until it is undone',
    async (end) => {
      const accepted = once(server, 'connection');
      const caller = connect(proxy.port, '127.0.0.1')
        .on('error', () => {})
        .resume();
      const [target]: Socket[] = await accepted;
      const [lost, other] = end === 'caller' ? [caller, target] : [target, caller];
      const told: unknown[] = [];
      const isLost = new Promise((resolve) => lost?.once('close', resolve));
      const isTold = new Promise((resolve) => other?.on('error', () => {}).once('close', resolve));
      void isTold.then((at) => told.push(at));
      const undo = proxy.halfOpen(end);
      await isLost;
      expect(await ask('GET')).toBe('written');
      expect(told).toEqual([]);
      undo();
      await isTold;
    },
  );

  it('resets what is open', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    const failed = once(socket, 'error');
    proxy.cut();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('keeps the order of what it delays', async () => {
    const undo = proxy.delay(20);
    expect(await ask('POST')).toBe('written');
    undo();
    expect(await ask('POST')).toBe('written');
  });
});

const ready = (status: string): Buffer => Buffer.from(`Z\0\0\0\u0005${status}`, 'latin1');
const complete = (tag: string): Buffer => Buffer.from(`C\0\0\0\u000f${tag}\0`, 'latin1');

describe("Postgres' answers", () => {
  it.each([
    ['COMMIT', 'I', true],
    ['INSERT 0 1', 'I', true],
    ['INSERT 0 1', 'T', false],
    ['SELECT 1', 'I', false],
    ['UPDATE 1', 'T', false],
  ])('after %s, with transaction status %s: written is %s', (tag, status, written) => {
    expect(writtenToPostgres(Buffer.alloc(0), Buffer.concat([complete(tag), ready(status)]))).toBe(written);
  });
});
