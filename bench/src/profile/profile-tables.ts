import { markdownTable } from '../markdown-table.ts';
import type { CallNode } from './call-tree.ts';
import { byFunction, byOwner, costsBy, type Cost } from './cost-table.ts';
import type { LoopFigures } from './loop-figures.ts';
import { costsByPurpose } from './purposes.ts';

/** What was recorded of a service under one load after the other, the trees beside their own load's requests. */
export interface ServiceProfile {
  readonly name: string;
  readonly figures: LoopFigures;
  /** Of the load without a profiler. */
  readonly requests: number;
  readonly cpu: CallNode;
  readonly allocations: CallNode;
  readonly allocationRequests: number;
}

const mostOwners = 15;
const mostFunctions = 10;

/** A sample is worth its share of what the main thread took without a profiler. */
export function microsOf({ figures, requests, cpu }: ServiceProfile, samples: number): number {
  return ((samples / Math.max(cpu.total, 1)) * figures.mainThreadMicros) / requests;
}

export function bytesOf({ allocationRequests }: ServiceProfile, bytes: number): number {
  return bytes / allocationRequests;
}

/** One line for each service. */
export function summaryTable(profiles: readonly ServiceProfile[]): string {
  return markdownTable(
    [
      'service',
      'loop delay p50 / p99 / max',
      'loop busy',
      'CPU per request',
      'of it kernel',
      'of it other threads',
      'of it GC',
      'allocated per request',
    ],
    profiles.map((profile) => {
      const { name, figures, requests, allocations } = profile;
      const { delayMs, utilisation, cpuMicros, kernelMicros, mainThreadMicros, gcMicros } = figures;
      return [
        name,
        `${[delayMs.p50, delayMs.p99, delayMs.max].map((ms) => ms.toFixed(1)).join(' / ')} ms`,
        percent(utilisation),
        micros(cpuMicros / requests),
        percent(kernelMicros / cpuMicros),
        percent((cpuMicros - mainThreadMicros) / cpuMicros),
        percent(gcMicros / cpuMicros),
        kib(bytesOf(profile, allocations.total)),
      ];
    }),
  );
}

/** By what their own code takes; the other columns have what it calls as well. */
export function ownersTable(profile: ServiceProfile): string {
  return markdownTable(
    ['owner', 'itself', '', 'with what it calls', ''],
    costsBy(profile.cpu, byOwner)
      .slice(0, mostOwners)
      .map(({ name, self, inclusive }) => [
        name,
        micros(microsOf(profile, self)),
        percent(self / profile.cpu.total),
        micros(microsOf(profile, inclusive)),
        percent(inclusive / profile.cpu.total),
      ]),
  );
}

/** What each policy and each layer below them takes by itself, with the helpers that it calls: together the main thread's time. */
export function purposesTable(profile: ServiceProfile): string {
  return markdownTable(
    ['for', 'per request', ''],
    costsByPurpose(profile.cpu).map(({ purpose, self }) => [
      purpose,
      micros(microsOf(profile, self)),
      percent(self / profile.cpu.total),
    ]),
  );
}

export function allocatingFunctionsTable(profile: ServiceProfile): string {
  const total = Math.max(profile.allocations.total, 1);
  const toRow = ({ name, self }: Cost): string[] => [name, kib(bytesOf(profile, self)), percent(self / total)];
  return markdownTable(
    ['function', 'allocates per request', ''],
    costsBy(profile.allocations, byFunction).slice(0, mostFunctions).map(toRow),
  );
}

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
export const micros = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} µs`;
export const kib = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KiB`;
