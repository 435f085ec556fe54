import { Session, type HeapProfiler, type Profiler } from 'node:inspector/promises';
import { beginLoopFigures, type LoopFigures } from './loop-figures.ts';

/** What a process can tell of itself between two moments. */
export interface Recordings {
  /** What it costs without a profiler. */
  readonly figures: LoopFigures;
  readonly cpu: Profiler.Profile;
  /** All that was allocated, whether or not it still lives. */
  readonly allocations: HeapProfiler.SamplingHeapProfile;
}

export type RecordingKind = keyof Recordings;

/** What V8 is asked for; on two busy cores it takes a sample each 0.5–0.8 ms. */
const cpuIntervalMicros = 250;
/** A sample for each 32 KiB on average. */
const allocationIntervalBytes = 32_768;

/** Begins to record this process; resolves, once that runs, to what ends it. */
export async function beginRecording<K extends RecordingKind>(kind: K): Promise<() => Promise<Recordings[K]>> {
  return begin[kind]();
}

const begin: { readonly [K in RecordingKind]: () => Promise<() => Promise<Recordings[K]>> } = {
  async figures() {
    const end = beginLoopFigures();
    return async () => end();
  },
  async cpu() {
    const session = connectedSession();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: cpuIntervalMicros });
    await session.post('Profiler.start');
    return async () => {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      return profile;
    };
  },
  async allocations() {
    const session = connectedSession();
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: allocationIntervalBytes,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    return async () => {
      const { profile } = await session.post('HeapProfiler.stopSampling');
      session.disconnect();
      return profile;
    };
  },
};

function connectedSession(): Session {
  const session = new Session();
  session.connect();
  return session;
}
