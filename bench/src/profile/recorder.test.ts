import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record, recordedEnvironment, socketOf } from './recorder-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasktracker-recorder-'));
const work = `
  function churn() { return Array.from({ length: 1000 }, (_, n) => ({ n })); }
  setInterval(churn, 1);
  console.log('ready');
`;

let socket: string;
let stop: () => Promise<unknown>;
beforeAll(async () => {
  mkdirSync(join(folder, 'src'));
  const entry = join(folder, 'src', 'server.ts');
  writeFileSync(entry, work);
  const env = { ...process.env, ...recordedEnvironment(folder) };
  const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  socket = socketOf(folder, child.pid ?? 0);
  stop = async () => {
    child.kill();
    await once(child, 'exit');
  };
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

describe('a process with a recorder', () => {
  it('tells what its loop did', async () => {
    const end = await record(socket, 'figures');
    const { delayMs, utilisation, cpuMicros, mainThreadMicros } = await end();
    expect(cpuMicros).toBeGreaterThan(0);
    expect(delayMs.p50).toBeLessThanOrEqual(delayMs.max);
    expect(utilisation).toBeGreaterThanOrEqual(0);
    expect(utilisation).toBeLessThanOrEqual(1);
    expect(mainThreadMicros).toBeGreaterThan(0);
  });

  it('gives profiles, one recording after the other', async () => {
    const endCpu = await record(socket, 'cpu');
    expect((await endCpu()).nodes[0]?.callFrame.functionName).toBe('(root)');
    const endAllocations = await record(socket, 'allocations');
    expect((await endAllocations()).head.callFrame.functionName).toBe('(root)');
  });
});
