import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { everyAddress } from '../src/listen.ts';

class SlowService {
  readonly process: ChildProcess;
  output = '';
  port = 0;

  constructor(...args: string[]) {
    this.process = spawn(process.execPath, [fileURLToPath(new URL('slow-service.ts', import.meta.url)), ...args]);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  /** Waits until the output matches; fails when the process ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`ended without ${pattern}: ${this.output}`);
      await Promise.race([once(this.process.stdout ?? this.process, 'data'), once(this.process, 'exit')]);
    }
  }

  async listening(): Promise<this> {
    this.port = Number((await this.says(/"msg":"listening at http:\/\/[^"]*:(\d+)"/))[1]);
    return this;
  }

  async exitCode(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }
}

const running: SlowService[] = [];
const start = (...args: string[]): SlowService => {
  const service = new SlowService(...args);
  running.push(service);
  return service;
};
afterEach(() => {
  for (const { process: child } of running.splice(0)) child.kill('SIGKILL');
});

const keepAlive = new Agent({ keepAlive: true });
async function call(port: number, path: string, method = 'GET', host = '127.0.0.1'): Promise<IncomingMessage> {
  const request = httpRequest({ host, port, path, method, agent: keepAlive });
  request.end();
  const [answer]: IncomingMessage[] = await once(request, 'response');
  if (answer === undefined) throw new Error('no answer');
  answer.resume();
  return answer;
}

describe('a service that is told to stop', () => {
  it('while it starts ends at once, with 0', { tags: ['readiness-draining'] }, async () => {
    const service = start('never');
    await service.says(/starting/);
    service.process.kill('SIGTERM');
    expect(await service.exitCode()).toBe(0);
  });

  it(
    'fails readiness, answers what is running with Connection: close, closes its dependencies last, exits 0',
    { tags: ['readiness-draining'] },
    async () => {
      // The delay is long enough for the requests below on a busy machine.
      const service = await start('0', '4000').listening();
      const slow = call(service.port, '/slow');
      await service.says(/slow request is in/);
      expect((await call(service.port, '/healthz')).headers['connection']).toBe('keep-alive');
      service.process.kill('SIGTERM');
      await service.says(/draining/);
      expect((await call(service.port, '/readyz')).statusCode).toBe(503);
      expect((await call(service.port, '/release', 'POST')).headers['connection']).toBe('close');
      const answer = await slow;
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['connection']).toBe('close');
      expect(await service.exitCode()).toBe(0);
      expect(service.output.indexOf('dependencies closed')).toBeGreaterThan(service.output.indexOf('"route":"/slow"'));
    },
  );

  it('answers the next request on a connection that was idle, then ends without a further wait', async () => {
    const service = await start('0', '0', '127.0.0.1', '600000').listening();
    await call(service.port, '/healthz');
    service.process.kill('SIGTERM');
    await service.says(/draining/);
    const socketsBefore = Object.values(keepAlive.freeSockets).flat();
    const answer = await call(service.port, '/healthz');
    expect(socketsBefore).toContain(answer.socket);
    expect([answer.statusCode, answer.headers['connection']]).toEqual([200, 'close']);
    expect(await service.exitCode()).toBe(0);
  });

  it('waits for idle connections no longer than it is told', async () => {
    const service = await start('0', '0', '127.0.0.1', '200').listening();
    await call(service.port, '/healthz');
    service.process.kill('SIGTERM');
    expect(await service.exitCode()).toBe(0);
  });

  it('stays for as long as new connections bring requests, however long it takes until all know', async () => {
    const service = await start('0', '600', '127.0.0.1', '600000').listening();
    service.process.kill('SIGTERM');
    await service.says(/draining/);
    const drainingSince = performance.now();
    // What is tested is that the port outlives its delay by the clock.
    while (performance.now() - drainingSince < 1_800) {
      const answer = await fetch(`http://127.0.0.1:${service.port}/release`, { method: 'POST' });
      expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    }
    expect(await service.exitCode()).toBe(0);
  });

  it('takes two signals at once for one, and ends at once on a second one a second later', async () => {
    const service = await start('0', '60000').listening();
    service.process.kill('SIGINT');
    await service.says(/draining/);
    service.process.kill('SIGINT');
    const drainingSince = performance.now();
    expect((await call(service.port, '/healthz')).statusCode).toBe(200);
    // A person's second signal is defined by the clock, so the test must let a second pass.
    while (performance.now() - drainingSince < 1_050) await call(service.port, '/healthz');
    service.process.kill('SIGINT');
    expect(await service.exitCode()).toBe(1);
  });
});

describe('a service listens', () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

  it.each(['all', 'localhost'])('at IPv4 and IPv6 alike: %s', async (host) => {
    const service = await start('0', '0', host, '600000').listening();
    for (const address of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
      expect((await call(service.port, '/healthz', 'GET', address)).statusCode).toBe(200);
    }
    service.process.kill('SIGTERM');
    await service.says(/draining/);
    for (const address of hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
      expect((await call(service.port, '/healthz', 'GET', address)).headers['connection']).toBe('close');
    }
    expect(await service.exitCode()).toBe(0);
  });

  it('at IPv4 alone where the system has no IPv6', async () => {
    expect(await everyAddress(() => Promise.resolve(false))).toBe('0.0.0.0');
    expect(await everyAddress(() => Promise.resolve(true))).toBe('::');
  });
});

/** Runs a program where `::1` is the only address. */
function runWithoutIpv4(program: readonly string[]): { status: number | null; stdout: string } {
  const prepare = 'ip link set lo up && ip address del 127.0.0.1/8 dev lo && exec "$@"';
  return spawnSync('unshare', ['--map-root-user', '--net', 'sh', '-c', prepare, 'sh', ...program], {
    encoding: 'utf8',
  });
}

const hasNetworks = runWithoutIpv4(['true']).status === 0;

it.runIf(hasNetworks)(
  'a service answers at ::1 where there is no other address',
  { meta: { needs: 'Linux, with network namespaces and `ip`' } },
  () => {
    const program = fileURLToPath(new URL('ipv6-alone.ts', import.meta.url));
    expect(runWithoutIpv4([process.execPath, program]).stdout).toBe('every address 200\nlocalhost 200\n');
  },
);

describe('a service that cannot start', () => {
  it('names a busy port in one sentence and exits 1', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const service = start(String(port));
    expect(await service.exitCode()).toBe(1);
    expect(service.output).toBe(`slow-service could not start: port ${port} is in use; set PORT to a free one\n`);
    holder.close();
  });

  it('names an address that is another machine’s in one sentence and exits 1', async () => {
    const service = start('0', '0', '198.51.100.1'); // RFC 5737: for documentation, nobody's
    expect(await service.exitCode()).toBe(1);
    expect(service.output).toBe('slow-service could not start: HOST is not an address of this machine\n');
  });
});
