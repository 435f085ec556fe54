import { BlockList } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addScope,
  clientOf,
  createLogger,
  createServiceApp,
  publicScope,
  type ServiceApp,
} from '../src/service-kit.ts';

let app: ServiceApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

const trusted = new BlockList();
trusted.addSubnet('10.0.0.0', 8, 'ipv4');
trusted.addSubnet('fd00::', 8, 'ipv6');

/** What the application takes for the client of a request that comes from `peer`. */
async function clientBehind(peer: string, headers: Record<string, string>, trustedProxies?: BlockList) {
  const lines: string[] = [];
  app = await createServiceApp({
    serviceName: 'any',
    description: '',
    log: createLogger('any', 'info', { write: (line) => lines.push(line) }),
    ...(trustedProxies && { trustedProxies }),
    isReady: () => Promise.resolve(true),
  });
  await addScope(app, publicScope, async (scope) => {
    scope.get('/client', { schema: { operationId: 'showClient' } }, (request) => clientOf(request));
  });
  const answer = await app.inject({ url: '/client', remoteAddress: peer, headers });
  const logged: unknown = JSON.parse(lines[0] ?? '');
  expect(logged).toMatchObject({ client_address: answer.json().address });
  return answer.json();
}

const addressBehind = async (peer: string, forwardedFor: string): Promise<unknown> =>
  (await clientBehind(peer, { 'x-forwarded-for': forwardedFor }, trusted)).address;

describe("a client's address", () => {
  it("is its connection's, whatever it says, where no proxy is trusted", async () => {
    const lies = { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1', 'x-forwarded-proto': 'https' };
    expect(await clientBehind('10.0.0.1', lies)).toEqual({ address: '10.0.0.1', protocol: 'http' });
    expect(await clientBehind('198.51.100.1', lies, trusted)).toEqual({ address: '198.51.100.1', protocol: 'http' });
  });

  it('is the one that a trusted proxy names', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'HTTPS' };
    expect(await clientBehind('10.0.0.1', headers, trusted)).toEqual({ address: '192.0.2.1', protocol: 'https' });
    expect(await clientBehind('10.0.0.1', {}, trusted)).toEqual({ address: '10.0.0.1', protocol: 'http' });
  });

  it("is the rightmost one that is not a trusted proxy's: anything left of it was written by the client", async () => {
    expect(await addressBehind('10.0.0.1', '203.0.113.9, 192.0.2.1, 10.0.0.2')).toBe('192.0.2.1');
    expect(await addressBehind('10.0.0.1', '203.0.113.9,10.9.9.9,192.0.2.1')).toBe('192.0.2.1');
  });

  it('is the leftmost where all are trusted proxies', async () => {
    expect(await addressBehind('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
  });

  it('is read in IPv6, with a port, in brackets and mapped from IPv4', async () => {
    expect(await addressBehind('fd00::1', '2001:DB8:0:0::1')).toBe('2001:db8::1');
    expect(await addressBehind('::ffff:10.0.0.1', '::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(await addressBehind('::ffff:a00:1', '192.0.2.1:4711')).toBe('192.0.2.1');
    expect(await addressBehind('10.0.0.1', '[2001:db8::1]:4711')).toBe('2001:db8::1');
    expect(await addressBehind('::ffff:192.0.2.7', '203.0.113.9')).toBe('192.0.2.7');
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '192.0.2.1\u0009x',
    '999.1.1.1',
    '"},{"level":"fatal"',
    '192.0.2.1, gateway.example',
  ])('stays that of the last known proxy when it says %j', async (text) => {
    expect(await addressBehind('10.0.0.1', text)).toBe('10.0.0.1');
  });

  it('is in the line of a path that cannot be decoded as well', async () => {
    expect((await clientBehind('10.0.0.1', {})).address).toBe('10.0.0.1');
    expect((await app?.inject('/%zz'))?.statusCode).toBe(404);
  });
});
