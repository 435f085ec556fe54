import { describe, expect, it } from 'vitest';
import { networkList, parseNetworks } from './networks.ts';

describe('a list of networks', () => {
  it('takes CIDRs and addresses of both families, with or without blanks around them', () => {
    const networks = parseNetworks(' 10.0.0.0/8,192.0.2.7 , fd00::/8,2001:db8::1');
    expect(networks.check('10.255.0.1')).toBe(true);
    expect(networks.check('192.0.2.7')).toBe(true);
    expect(networks.check('192.0.2.8')).toBe(false);
    expect(networks.check('fd12::1', 'ipv6')).toBe(true);
    expect(networks.check('2001:db8::2', 'ipv6')).toBe(false);
  });

  it.each(['', ' ', ' 10.0.0.0/8,192.0.2.7 , fd00::/8,2001:db8::1', '::ffff:10.0.0.0/104', '::/0', '0.0.0.0/032'])(
    'that can be read is not refused by the chart (%j)',
    (text) => {
      expect(() => parseNetworks(text)).not.toThrow();
      expect(text).toMatch(new RegExp(String(Reflect.get(networkList, 'chartPattern'))));
    },
  );

  it('counts an IPv4 address that came over IPv6 as the IPv4 address that it is', () => {
    expect(parseNetworks('10.0.0.0/8').check('::ffff:10.0.0.1', 'ipv6')).toBe(true);
    expect(parseNetworks('::ffff:10.0.0.0/104').check('10.0.0.1')).toBe(true);
  });

  it('may be empty', () => {
    expect(parseNetworks('').check('127.0.0.1')).toBe(false);
  });

  it.each([
    'true',
    '*',
    'loopback',
    'gateway.example',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0/8',
    'fd00::/129',
    'fe80::1%eth0',
    '10.0.0.0/8;192.168.0.0/16',
    '10.0.0.0/8,',
    '1',
  ])('cannot be %j', (text) => {
    expect(() => parseNetworks(text)).toThrow(RangeError);
  });
});
