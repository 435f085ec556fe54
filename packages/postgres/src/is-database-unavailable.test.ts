import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable } from './is-database-unavailable.ts';

describe('a database that can do nothing right now', () => {
  it.each([
    ['has no room on its disk', '53100'],
    ['has no memory left', '53200'],
    ['lets nobody else in', '53300'],
    ['cannot read or write its disk', '58030'],
    ['is starting again', '57P03'],
  ])('%s: unavailable, for the driver and for Prisma', (_what, code) => {
    const fault = Object.assign(new Error('refused'), { code });
    expect(isDatabaseUnavailable(fault)).toBe(true);
    const adapterError = Object.assign(new Error('refused'), { cause: { kind: 'postgres', code, originalCode: code } });
    expect(isDatabaseUnavailable({ code: 'P2010', meta: { driverAdapterError: adapterError } })).toBe(true);
    expect(isDatabaseUnavailable(adapterError)).toBe(true);
  });

  it.each(['23505', '42P01', '22001'])('is not one that refuses a statement: %s', (code) => {
    expect(isDatabaseUnavailable(Object.assign(new Error('wrong'), { code }))).toBe(false);
  });
});
