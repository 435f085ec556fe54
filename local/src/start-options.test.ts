import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '@tasktracker/contracts/services';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseStartOptions, startHelp, type StartOptions } from './start-options.ts';

function parse(args: string[], baseDir = '/', env: NodeJS.ProcessEnv = {}): StartOptions {
  const options = parseStartOptions(args, baseDir, env);
  if (options === 'help') throw new Error('help was not asked for');
  return options;
}

describe('options of npm start', () => {
  it('start the gateway on 8000 with the data beside the checkout', () => {
    const options = parse([], '/somewhere');
    expect(options).toMatchObject({ port: 8000, databaseUrl: undefined, logs: false });
    expect(options.dataDir).toMatch(/\/\.tasktracker$/);
    expect(options.dataDir).not.toContain('/somewhere');
  });

  it('take a relative data folder from where npm was called', () => {
    expect(parse(['--data-dir', 'my data'], '/home/ada').dataDir).toBe('/home/ada/my data');
    expect(parse(['--data-dir=/srv/tt'], '/home/ada').dataDir).toBe('/srv/tt');
  });

  it('take a port, 0 for any', () => {
    expect(parse(['--port', '18000'], '/').port).toBe(18_000);
    expect(parse(['--port', '0'], '/').port).toBe(0);
  });

  it.each([
    [['--prot', '1'], /^Unknown option '--prot'\. `npm start -- --help` lists the options\.$/],
    [['extra'], /^Unexpected argument 'extra'/],
    [
      ['--port'],
      /^--port needs a number up to \d+, for example --port 18000\. `npm start -- --help` lists the options\.$/,
    ],
    [['--port', '-5'], /^--port needs a number/],
    [['--port=-5'], /^--port needs a number/],
    [['--port', '--logs'], /^--port needs a number/],
    [['--data-dir'], /^--data-dir needs a folder/],
    [['--data-dir', '--logs'], /^--data-dir needs a folder/],
    [['--database-url'], /^--database-url needs a URL/],
    [['--database-url-file'], /^--database-url-file needs a file/],
    [
      ['--database-url-file', '/nowhere/url'],
      /^The file \/nowhere\/url of --database-url-file can't be read: it is not there\.$/,
    ],
    [['--database-url-file', '/tmp'], /can't be read: it is a folder\.$/],
    [['--database-url-file', '/dev/null'], /^The file of --database-url-file needs a URL/],
    [
      ['--database-url', 'postgres://h/d', '--database-url-file', 'f'],
      /^Give --database-url or --database-url-file, not both\.$/,
    ],
    [['--logs=yes'], /^--logs takes no value\. `npm start/],
    [['-x'], /^Unknown option '-x'/],
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
    expect(() => parse(args, '/')).toThrow(sentence);
  });

  it('never repeat a database URL, which may hold a password', () => {
    expect(() => parse(['--database-url', 'http://ada:hunter22@h'])).toThrow(/^(?!.*hunter22)/);
    expect(() => parse([], '/', { TASKTRACKER_DATABASE_URL: 'http://ada:hunter22@h' })).toThrow(/^(?!.*hunter22)/);
  });

  it('take the database URL from a file or the environment, where it shows in no list of processes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tasktracker-url-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'url'), 'postgres://ada:one@h/d\n');
    const env = { TASKTRACKER_DATABASE_URL: 'postgres://ada:two@h/d' };
    expect(parse(['--database-url-file', 'url'], folder, env).databaseUrl).toBe('postgres://ada:one@h/d');
    expect(parse([], folder, env).databaseUrl).toBe('postgres://ada:two@h/d');
    expect(parse(['--database-url', 'postgres://h/d'], folder, env).databaseUrl).toBe('postgres://h/d');
    expect(parse([], folder, { TASKTRACKER_DATABASE_URL: '' }).databaseUrl).toBeUndefined();
  });

  it('give help whatever else is wrong', () => {
    const env = { TASKTRACKER_DATABASE_URL: 'x' };
    expect(parseStartOptions(['--help', '--port', 'x'], '/', env)).toBe('help');
  });

  it('have a help that fits a terminal of 80 columns', () => {
    expect(startHelp.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
