import { services } from '@tasktracker/contracts/services';
import { describe, expect, it } from 'vitest';
import { parseStartOptions } from './start-options.ts';

describe('options of npm start', () => {
  it('start the gateway on 8000 with the data beside the checkout', () => {
    const options = parseStartOptions([], '/somewhere');
    expect(options).toMatchObject({ port: 8000, databaseUrl: undefined, logs: false, help: false });
    expect(options.dataDir).toMatch(/\/\.tasktracker$/);
    expect(options.dataDir).not.toContain('/somewhere');
  });

  it('take a relative data folder from where npm was called', () => {
    expect(parseStartOptions(['--data-dir', 'my data'], '/home/ada').dataDir).toBe('/home/ada/my data');
    expect(parseStartOptions(['--data-dir=/srv/tt'], '/home/ada').dataDir).toBe('/srv/tt');
  });

  it('take a port, 0 for any', () => {
    expect(parseStartOptions(['--port', '18000'], '/').port).toBe(18_000);
    expect(parseStartOptions(['--port', '0'], '/').port).toBe(0);
  });

  it.each([
    [['--prot', '1'], /^Unknown option '--prot'\. `npm start -- --help` lists the options\.$/],
    [['extra'], /^Unexpected argument 'extra'/],
    [['--port'], /^Option '--port <value>' argument missing/],
    [['--logs=yes'], /^Option '--logs' does not take an argument/],
    [
      ['--port', String(65_536 - services.length)],
      new RegExp(`^--port needs a number up to ${65_535 - services.length},`),
    ],
    [['--port', '8e3'], /^--port needs a number/],
    [['--port', ''], /^--port needs a number/],
    [['--data-dir', ''], /^--data-dir needs a folder/],
    [['--database-url', 'mysql://h/db'], /^--database-url needs a URL such as postgres:/],
    [['--database-url', 'localhost'], /^--database-url needs a URL/],
  ])('refuse %j in one sentence', (args, sentence) => {
    expect(() => parseStartOptions(args, '/')).toThrow(sentence);
  });

  it('never repeat a database URL, which may hold a password', () => {
    expect(() => parseStartOptions(['--database-url', 'http://ada:hunter22@h'], '/')).toThrow(/^(?!.*hunter22)/);
  });
});
