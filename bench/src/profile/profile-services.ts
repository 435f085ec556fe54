import type { HeapProfiler, Profiler } from 'node:inspector';
import { countOf, describeStatuses, isGood } from '../load/load-figures.ts';
import type { LoadPlan } from '../load/load-plan.ts';
import { readyLoad, runLoad } from '../load/run-load.ts';
import { prepareScenario, type ScenarioName } from '../load-scenarios.ts';
import type { PressureStack } from '../pressure/pressure-stack.ts';
import { treeOfAllocations, treeOfCpu } from './call-tree.ts';
import type { ServiceProfile } from './profile-tables.ts';
import { record, socketOf } from './recorder-client.ts';
import type { RecordingKind, Recordings } from './recordings.ts';

export interface ProfiledService extends ServiceProfile {
  readonly raw: { readonly cpu: Profiler.Profile; readonly allocations: HeapProfiler.SamplingHeapProfile };
}

const mostRequests = 200_000;
/** Until V8 has compiled what is hot. */
const warmSeconds = 4;

/** Loads the system once for each kind of recording. Throws when an answer is not what the scenario is about. */
export async function profileServices(
  stack: PressureStack,
  scenario: ScenarioName,
  services: readonly string[],
  { seconds, connections }: { readonly seconds: number; readonly connections: number },
): Promise<{ description: string; services: ProfiledService[] }> {
  const { title, requests } = await prepareScenario(scenario, stack.url);
  const plan: LoadPlan = { port: stack.port, requests, connections, seconds, mostRequests };
  await runLoad({ ...plan, seconds: warmSeconds });
  const figures = await recordLoad(stack, services, plan, 'figures');
  const cpu = await recordLoad(stack, services, plan, 'cpu');
  const allocations = await recordLoad(stack, services, plan, 'allocations');
  const perSecond = (figures.requests / seconds).toFixed(0);
  return {
    description: `${title}, ${figures.requests} requests in ${seconds} s over ${connections} connections, ${perSecond} a second.`,
    services: services.map((service, place) => {
      const raw = { cpu: at(cpu.recorded, place), allocations: at(allocations.recorded, place) };
      return {
        name: service,
        figures: at(figures.recorded, place),
        requests: figures.requests,
        cpu: treeOfCpu(raw.cpu),
        allocations: treeOfAllocations(raw.allocations),
        allocationRequests: allocations.requests,
        raw,
      };
    }),
  };
}

/** What each service recorded during one load, in their order. */
async function recordLoad<K extends RecordingKind>(
  stack: PressureStack,
  services: readonly string[],
  plan: LoadPlan,
  kind: K,
): Promise<{ requests: number; recorded: Recordings[K][] }> {
  console.error(kind);
  const pids = stack.pids();
  const send = await readyLoad(plan);
  const ends = await Promise.all(services.map((name) => record(socketOf(stack.folder, pids[name] ?? 0), kind)));
  const result = await send();
  const recorded = await Promise.all(ends.map((end) => end()));
  const good = countOf([result], isGood);
  if (good < result.statuses.length || good === 0)
    throw new Error(`The scenario was answered otherwise than by 2xx: ${describeStatuses([result])}`);
  return { requests: good, recorded };
}

function at<T>(values: readonly T[], place: number): T {
  const value = values[place];
  if (value === undefined) throw new Error('a service was not recorded');
  return value;
}
