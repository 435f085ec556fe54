import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gateway, services } from '@tasktracker/contracts/services';
import { findFreePorts } from '@tasktracker/faults/free-ports';
import { spawnStack, type SpawnedStack } from '@tasktracker/local';
import { onBothCores } from '../harness/pinned-process.ts';
import { StartedPrograms } from '../harness/started-programs.ts';
import { openTemporaryFolder } from '../harness/temporary-folder.ts';
import { exactly, median, medianInterval } from '../interval.ts';
import { residentOf, usageOf, type Resident } from '../process-usage.ts';
import { bundle, folderSize, imageSizes, startBundle } from './bundled-services.ts';
import type { Goal, Row } from './goal.ts';

/** What a laptop notices. */
const limits = { startSeconds: 2, residentMb: 70, imageMb: 120 };
const idleMs = 10_000;
const quickIdleMs = 4_000;
const apps = [gateway, ...services].map(({ name }) => name);
const bareFastify = fileURLToPath(new URL('../../peers/bare-fastify/server.js', import.meta.url));

/** What a person waits for `npm start`, and what the system takes while nobody uses it. It has both cores. */
export const startAndSize: Goal = {
  id: 'P10',
  title: 'start, memory and images',
  async measure({ isQuick, sizes }) {
    const programs = new StartedPrograms();
    let child: ChildProcess | undefined;
    const { path: folder, remove } = openTemporaryFolder('bench-start', () => child?.kill('SIGTERM'));
    const start = (): Promise<SpawnedStack> =>
      spawnStack({ dataDir: join(folder, 'data'), onSpawn: (started) => (child = started) });
    try {
      const length = isQuick ? { starts: 2, idle: quickIdleMs } : { starts: sizes.rounds, idle: idleMs };
      return await onBothCores(() => measureOn({ folder, programs, start, ...length }));
    } finally {
      await programs.stop();
      remove();
    }
  },
};

interface Setting {
  readonly folder: string;
  readonly programs: StartedPrograms;
  /** Always on the same data. */
  readonly start: () => Promise<SpawnedStack>;
  readonly starts: number;
  /** Milliseconds after which a service that nobody uses is idle. */
  readonly idle: number;
}

async function measureOn(setting: Setting): Promise<Row[]> {
  const { start, starts } = setting;
  await (await start()).stop(); // makes the databases, and code that is compiled
  const times: { seconds: number; cpuSeconds: number }[] = [];
  for (let turn = 1; ; turn += 1) {
    const startedAt = performance.now();
    const stack = await start();
    const seconds = (performance.now() - startedAt) / 1_000;
    times.push({ seconds, cpuSeconds: usageOf(stack.child.pid ?? 0).cpuMs / 1_000 });
    try {
      if (turn === starts) return [toStartRow(times), ...(await measureSizes(stack, setting))];
    } finally {
      await stack.stop();
    }
  }
}

function toStartRow(times: readonly { seconds: number; cpuSeconds: number }[]): Row {
  const seconds = times.map((each) => each.seconds);
  const cpuSeconds = median(times.map((each) => each.cpuSeconds)).toFixed(1);
  return {
    name: '`npm start` to ready, on a folder that it knows',
    peer: '',
    figure: `${seconds.length} starts; ${cpuSeconds} s of CPU`,
    value: medianInterval(seconds),
    unit: 's',
    limit: { atMost: limits.startSeconds },
  };
}

async function measureSizes(stack: SpawnedStack, { folder, programs, idle }: Setting): Promise<Row[]> {
  const pids = stack.state().processes;
  const places = apps.map((app) => ({ app, folder: join(folder, 'bundles', app), besides: pids[app] ?? 0 }));
  for (const { app, folder: place } of places) await bundle(app, place);
  const bundled = await Promise.all(places.map((place) => startBundle(programs, place)));
  const [port = 0] = await findFreePorts(1);
  const bare = await programs.node({ name: 'bare-fastify', entry: bareFastify, port, env: {} });
  await delay(idle);
  const fromSource = apps.map((app) => residentOf(pids[app] ?? 0));
  const images = await imageSizes();
  return [
    ...apps.flatMap((app, place) => toResidentRow(`${app}, as \`npm start\` runs it`, fromSource[place], true)),
    ...apps.flatMap((app, place) =>
      toResidentRow(`${app}, as its image runs it`, bundled[place]?.process.resident(), true),
    ),
    ...toResidentRow('Fastify with one route, the least that it could be', bare.process.resident(), false),
    ...places.map(({ app, folder: place }): Row => {
      const size = images?.get(app) ?? folderSize(place);
      return {
        name: `image of ${app}, over its base`,
        peer: '',
        figure: images?.has(app) === true ? 'unpacked' : 'what is copied into it; Docker has no image of this version',
        value: exactly(size),
        unit: 'MB',
        limit: { atMost: limits.imageMb },
      };
    }),
  ];
}

function toResidentRow(name: string, resident: Resident | undefined, isGoal: boolean): Row[] {
  if (resident === undefined) return [];
  const { residentMb, shareMb } = resident;
  return [
    {
      name: `idle memory: ${name}`,
      peer: '',
      figure: `${shareMb.toFixed(0)} MB with what it shares counted by parts`,
      value: exactly(residentMb),
      unit: 'MB',
      ...(isGoal && { limit: { atMost: limits.residentMb } }),
    },
  ];
}
