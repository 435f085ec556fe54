import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gateway, services } from '@tasktracker/contracts/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnStack, type SpawnedStack } from '../src/spawn-stack.ts';
import { openJournal, register, type Journal } from './journal.ts';
import { createMark } from './marked-processes.ts';
import { run } from './run-start.ts';

// A disk of its own that can be filled without harm: only root on Linux can have one.
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

function mountSmallDisk(folder: string, size: string): void {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tasktracker', folder]);
  if (status !== 0) throw new Error(stderr.toString());
}

describe.runIf(canMount)('a full disk', { meta: { needs: 'root on Linux, to mount a small disk' } }, () => {
  const disk = mkdtempSync(join(tmpdir(), 'tasktracker disk '));
  const dataDir = join(disk, 'data');
  const filler = join(disk, 'filler');
  const mark = createMark();
  let stack: SpawnedStack;
  let journal: Journal;
  const acknowledged: number[] = [];

  beforeAll(() => {
    mountSmallDisk(disk, '140m');
  });

  afterAll(() => {
    for (const pid of mark.pids()) process.kill(pid, 'SIGKILL');
    spawnSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  /** Leaves no room at all. */
  function fill(): void {
    const file = openSync(filler, 'a');
    const pour = (size: number) => () => {
      for (;;) writeSync(file, Buffer.alloc(size));
    };
    for (const size of [1024 * 1024, 4096]) expect(pour(size)).toThrow(/ENOSPC/);
    closeSync(file);
  }

  const makeRoom = (): void => rmSync(filler);

  async function answerOf(path: string, body: unknown, token: string): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${stack.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, body: await answer.json() };
  }

  it('while the stack runs: writes are 503 problems, everything else goes on', async () => {
    stack = await spawnStack({ dataDir, env: mark.env });
    await register(stack.url, 'ada', 'correct-horse');
    journal = await openJournal({ url: () => stack.url, username: 'ada', password: 'correct-horse' });
    acknowledged.push(await journal.write('before'));
    const before = { ...stack.state().processes };
    fill();
    const task = { title: 'one more', description: 'x'.repeat(9_000) };
    const answers: { status: number; body: unknown }[] = [];
    // The free space within Postgres' own files has to be used up first.
    for (let number = 0; number < 100; number += 1) {
      answers.push(await answerOf('/api/v1/tasks', task, journal.token));
    }
    const made = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).not.toEqual([]);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 503, body: { status: 503, code: 'SERVICE_UNAVAILABLE' } });
    acknowledged.push(...made.map(({ body }) => Number(Reflect.get(Object(body), 'id'))));
    expect((await fetch(`${stack.url}/health`, { signal: AbortSignal.timeout(10_000) })).status).toBe(200);
    expect(await journal.readIds()).toEqual(expect.arrayContaining(acknowledged));
    for (const { name } of [gateway, ...services]) expect(stack.state().processes[name]).toBe(before[name]);
  });

  it('once there is room again: it goes on by itself, and each log says how many lines were lost', async () => {
    makeRoom();
    acknowledged.push(await journal.write('after'));
    expect(await journal.readIds()).toEqual(expect.arrayContaining(acknowledged));
    for (const name of ['gateway', 'task']) {
      await expect
        .poll(() => readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8'))
        .toMatch(/"lost":[1-9]\d*,"msg":"log lines were lost: they could not be written"/);
    }
  });

  it('when it ends: cleanly, as always', async () => {
    fill();
    expect(await stack.stop()).toBe(0);
    expect(mark.alive()).toEqual([]);
  });

  it.each(['data', 'new'])(
    'when it starts, on the folder %s: the disk is named, not what follows from it',
    async (name) => {
      const root = join(disk, name);
      const { code, stderr } = await run('start', ['--port', '0', '--data-dir', root], { env: mark.env });
      expect(stderr).toMatch(
        /^(There is no space left on the disk that holds .*: make room, or|The data folder .* can't be written \(the disk is full\):) choose another/,
      );
      expect(code).toBe(1);
      expect(mark.alive()).toEqual([]);
    },
  );

  it('when a start runs out of it halfway: the same, and it starts once there is room', async () => {
    makeRoom();
    mkdirSync(join(disk, 'other'));
    mountSmallDisk(join(disk, 'other'), '56m');
    const root = join(disk, 'other', 'data');
    const { code, stderr } = await run('start', ['--port', '0', '--data-dir', root], { env: mark.env });
    expect(stderr).toMatch(/^There is no space left on the disk that holds /);
    expect(code).toBe(1);
    spawnSync('mount', ['-o', 'remount,size=140m', join(disk, 'other')]);
    const started = await spawnStack({ dataDir: root, env: mark.env });
    expect(await started.stop()).toBe(0);
    spawnSync('umount', ['--lazy', join(disk, 'other')]);
  });
});
