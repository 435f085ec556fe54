import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';

const tool = join(import.meta.dirname, '../src/restart-on-change.ts');

/** Replaces a file as tar does: a new one takes its name. */
function replace(folder: string, text: string): void {
  const next = join(folder, '..', 'next.ts');
  writeFileSync(next, `console.log('${text}'); setInterval(() => {}, 1000);\n`);
  renameSync(next, join(folder, 'program.ts'));
}

describe('restart-on-change', () => {
  it('runs a program again each time its file is replaced, and ends with it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tasktracker-restart-'));
    const folder = mkdtempSync(join(home, 'src-'));
    replace(folder, 'run 0');
    const child = spawn(process.execPath, [tool, join(folder, 'program.ts')], { cwd: home });
    onTestFinished(() => {
      child.kill('SIGKILL');
      rmSync(home, { recursive: true });
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    for (const run of [0, 1, 2, 3]) {
      expect((await lines.next()).value).toBe(`run ${run}`);
      if (run < 3) replace(folder, `run ${run + 1}`);
    }
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
    expect((await lines.next()).done).toBe(true);
  }, 60_000);
});
