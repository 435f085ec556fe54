import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os, { getPriority } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hashThreads } from './hash-threads.ts';
import { createPasswordHasher } from './password-hasher.ts';

/** In clock ticks. */
function cpuOf(thread: number): number {
  const fields = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

describe.runIf(process.platform === 'linux')('the threads that hash', () => {
  it('give way to the event loop', async () => {
    const hasher = await createPasswordHasher();
    const before = new Map(hashThreads().map((thread) => [thread, cpuOf(thread)]));
    for (let n = 0; n < 5; n += 1) await hasher.hash('correct horse');
    const busy = [...before].filter(([thread, cpu]) => cpuOf(thread) > cpu).map(([thread]) => thread);
    expect(busy).not.toEqual([]);
    const ofTheLoop = getPriority(process.pid);
    for (const thread of busy) expect(getPriority(thread)).toBe(ofTheLoop + 10);
  });

  it('hash where a sandbox lets nobody give way', async () => {
    const forbidden = vi.spyOn(os, 'setPriority').mockImplementation(() => {
      throw new Error('EPERM');
    });
    syncBuiltinESMExports();
    onTestFinished(() => {
      forbidden.mockRestore();
      syncBuiltinESMExports();
    });
    const hasher = await createPasswordHasher();
    expect(forbidden).toHaveBeenCalled();
    expect(await hasher.hash('correct horse')).toContain('$argon2id$');
  });
});
