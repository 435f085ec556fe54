import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, write, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogDestination } from './log-destination.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tasktracker-log-'));
  file = join(folder, 'service.log');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tryToWrite = promisify((fd: number, text: string, done: (error: Error | null) => void) => write(fd, text, done));
const logged = (): string => readFileSync(file, 'utf8');

/** A log on a full disk; `makeRoom` puts a file in its place, which takes what comes from then on. */
function openFullLog() {
  const reports: number[] = [];
  const fd = openSync('/dev/full', 'a');
  const destination = new LogDestination({
    fd,
    onRoomAgain: (lost) => {
      reports.push(lost);
      destination.write(`${lost} lost\n`);
    },
  });
  const makeRoom = (): void => {
    closeSync(fd);
    expect(openSync(file, 'a')).toBe(fd);
  };
  return { fd, destination, reports, makeRoom };
}

// A disk that is full is a device of Linux.
describe.runIf(process.platform === 'linux')('a log on a full disk', { meta: { needs: 'Linux' } }, () => {
  it('loses lines, counts them and says so once there is room again', async () => {
    const { fd, destination, reports, makeRoom } = openFullLog();
    for (const line of ['one', 'two', 'three']) {
      destination.write(`${line}\n`);
      await expect(tryToWrite(fd, 'behind it')).rejects.toMatchObject({ code: 'ENOSPC' });
    }
    makeRoom();
    await vi.waitUntil(
      () => {
        destination.write('after\n');
        return reports.length > 0;
      },
      { timeout: 20_000 },
    );
    await vi.waitUntil(() => logged().includes('lost'), { timeout: 20_000 });
    const [lost] = reports;
    expect(lost).toBeGreaterThan(0);
    expect(logged()).toContain(`${lost} lost\n`);
    expect(logged().match(/(one|two|three)\n/g) ?? []).toHaveLength(3 - (lost ?? 0));
  });

  it('keeps no process from ending', () => {
    const program = `
      import { openSync } from 'node:fs';
      import { createLogger } from ${JSON.stringify(new URL('logger.ts', import.meta.url).href)};
      const log = createLogger('full', 'info');
      for (let line = 0; line < 1000; line += 1) log.info({ line }, 'a line');
      setTimeout(() => { log.info('the last one'); process.exit(7); }, 50);
    `;
    const full = openSync('/dev/full', 'a');
    const ended = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', full, 'pipe'],
      timeout: 20_000,
    });
    closeSync(full);
    expect(ended.stderr.toString()).toBe('');
    expect(ended.status).toBe(7);
  });
});

describe('a log', () => {
  it('keeps every line, those written just before the process ends too', () => {
    const program = `
      import { openSync } from 'node:fs';
      import { LogDestination } from ${JSON.stringify(new URL('log-destination.ts', import.meta.url).href)};
      const destination = new LogDestination({ fd: openSync(${JSON.stringify(file)}, 'a'), onRoomAgain() {} });
      for (let line = 0; line < 1000; line += 1) destination.write(line + '\\n');
      setTimeout(() => { destination.write('last\\n'); destination.write('very last\\n'); process.exit(); }, 200);
    `;
    const ended = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], { timeout: 20_000 });
    expect(ended.stderr.toString()).toBe('');
    const expected = [...Array.from({ length: 1000 }, (_, line) => String(line)), 'last', 'very last'];
    expect(logged().trimEnd().split('\n').toSorted()).toEqual(expected.toSorted());
  });

  it('reaches a reader that is late, though the process has nothing else to do', () => {
    const program = `
      import { LogDestination } from ${JSON.stringify(new URL('log-destination.ts', import.meta.url).href)};
      process.stdout.write(''); // from here on a full pipe refuses more, as it does for a service
      const destination = new LogDestination({ fd: 1, onRoomAgain() {} });
      for (let line = 0; line < 4000; line += 1) destination.write('x'.repeat(99) + '\\n');
    `;
    const script = '"$0" --input-type=module-typescript -e "$1" | (sleep 0.5; wc -l)';
    const { stdout } = spawnSync('sh', ['-c', script, process.execPath, program], { timeout: 20_000 });
    expect(stdout.toString().trim()).toBe('4000');
  });

  it('whose reader has gone ends nothing', () => {
    writeFileSync(
      join(folder, 'service.mjs'),
      `
      import { createLogger } from ${JSON.stringify(new URL('logger.ts', import.meta.url).href)};
      const log = createLogger('piped', 'info');
      let line = 0;
      const timer = setInterval(() => { log.info({ line }, 'a line'); if ((line += 1) === 20) { clearInterval(timer); console.error('still here'); } }, 5);
    `,
    );
    const ended = spawnSync('sh', ['-c', '"$0" "$1" | true', process.execPath, join(folder, 'service.mjs')], {
      timeout: 20_000,
    });
    expect(ended.stderr.toString()).toBe('still here\n');
  });
});
