import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDataDir } from '../src/data-dir/data-dir.ts';

const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), 'tasktracker lock '));
const canStarve = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a program on the last processor until it has printed something. */
async function spawnOnOneCpu(program: string): Promise<number> {
  const cpus = spawnSync('taskset', ['-cp', String(process.pid)]).stdout.toString();
  const cpu = /\d+(?=\D*$)/.exec(cpus)?.[0] ?? '0';
  const args = ['-c', cpu, process.execPath, '--input-type=module-typescript', '-e', program];
  const child = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

describe('the lock of a data folder', () => {
  it.runIf(canStarve)(
    'is waited for while its holder was killed but has not died yet',
    { meta: { needs: 'taskset, of util-linux' } },
    async () => {
      const holder = await spawnOnOneCpu(
        `import { openDataDir } from ${JSON.stringify(new URL('../src/data-dir/data-dir.ts', import.meta.url).href)};
         import { createStateFile } from ${JSON.stringify(new URL('../src/stack/stack-state.ts', import.meta.url).href)};
         const { dataDir } = await openDataDir(${JSON.stringify(folder)});
         createStateFile(dataDir.state, { pid: process.pid, url: 'http://localhost:1', ready: true, databaseUrls: {}, services: {}, processes: {} });
         process.stdout.write('.');
         setInterval(() => {}, 1000);`,
      );
      await expect(openDataDir(folder)).rejects.toThrow(`is in use by a running stack (process ${holder}`);
      setPriority(holder, 19);
      await spawnOnOneCpu('process.stdout.write("."); for (const end = Date.now() + 1_000; Date.now() < end;);');
      process.kill(holder, 'SIGKILL');
      const { lock } = await openDataDir(folder);
      lock.release();
    },
  );
});
