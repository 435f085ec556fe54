// `npm run profile`: what each service does with its time and its memory under one kind of request.
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { giveUp, readCommandLine, readCount, refuse } from '@tasktracker/command-line';
import { gateway, services } from '@tasktracker/contracts/services';
import { isScenarioName, scenarioNames, type ScenarioName } from './load-scenarios.ts';
import { startPressureStack } from './pressure/pressure-stack.ts';
import { flameGraph } from './profile/flame-graph.ts';
import { profileServices, type ProfiledService } from './profile/profile-services.ts';
import {
  allocatingFunctionsTable,
  bytesOf,
  kib,
  micros,
  microsOf,
  ownersTable,
  purposesTable,
  summaryTable,
} from './profile/profile-tables.ts';
import { recordedEnvironment } from './profile/recorder-client.ts';

const serviceNames: readonly string[] = [gateway, ...services].map(({ name }) => name);
const usage = `npm run profile -- SCENARIO [--service NAME] [--seconds N] [--connections N] [--out FOLDER]

Repeats one request against a system of its own and writes, for each service, flame graphs of its CPU time and of its
allocations (SVG) and the profiles themselves for Chrome's DevTools; prints Markdown: event-loop delay, and what each
policy, package and folder costs per request. There are three loads, so that no profiler sees another. Linux only.
  SCENARIO        ${scenarioNames.join(', ')}
  --service       this one alone: ${serviceNames.join(', ')}
  --seconds       of each load (8)
  --connections   each with one request at a time (8)
  --out           where the files go (profiles/SCENARIO)
`;
const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    service: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '8' },
    out: { type: 'string' },
  },
});
/** What is less busy has no part in the scenario: its few samples are of its background work. */
const leastBusy = 0.05;

const scenario = readScenario();
const profiled = readServices();
const load = {
  seconds: readCount('seconds', values.seconds, usage),
  connections: readCount('connections', values.connections, usage),
};
const out = resolve(process.env['INIT_CWD'] ?? process.cwd(), values.out ?? join('profiles', scenario));
openFolder(out);

const stack = await startStack();
try {
  const { description, services: measured } = await profileServices(stack, scenario, profiled, load);
  console.log(`${description}\n\n${summaryTable(measured)}`);
  for (const service of measured) {
    writeFiles(service);
    if (service.figures.utilisation < leastBusy && values.service === undefined) continue;
    const tables = [purposesTable, ownersTable, allocatingFunctionsTable].map((toTable) => toTable(service));
    console.log(`\n### ${service.name}\n\n${tables.join('\n\n')}`);
  }
  console.log(`\nFlame graphs and profiles: ${out}`);
} finally {
  await stack.stop();
}

function readScenario(): ScenarioName {
  const [name, ...more] = positionals;
  if (name !== undefined && more.length === 0 && isScenarioName(name)) return name;
  const fault = name === undefined ? 'A scenario is missing' : `There is no scenario ${positionals.join(' ')}`;
  return refuse(`${fault}: there is ${scenarioNames.join(', ')}.`, usage);
}

function readServices(): readonly string[] {
  const { service } = values;
  if (service === undefined) return serviceNames;
  if (serviceNames.includes(service)) return [service];
  return refuse(`There is no service ${service}: there is ${serviceNames.join(', ')}.`, usage);
}

/** Before anything is started. */
function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    giveUp(`Nothing can be written to ${folder}${why}: choose another folder with --out FOLDER.`);
  }
}

async function startStack(): ReturnType<typeof startPressureStack> {
  try {
    return await startPressureStack({ toEnv: recordedEnvironment });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isTmpdir = 'syscall' in error && error.syscall === 'mkdtemp';
    return giveUp(isTmpdir ? `${error.message}: name a folder that can be written in TMPDIR.` : error.message);
  }
}

function writeFiles(service: ProfiledService): void {
  const { name, cpu, allocations, raw } = service;
  const write = (ending: string, text: string): void => writeFileSync(join(out, `${name}.${ending}`), text);
  const title = (what: string): string => `${name} under ${scenario}: ${what}`;
  const toMicros = (samples: number): string => micros(microsOf(service, samples));
  const toKib = (bytes: number): string => kib(bytesOf(service, bytes));
  write('cpu.svg', flameGraph(cpu, { title: title(`${toMicros(cpu.total)} of CPU per request`), describe: toMicros }));
  write(
    'allocations.svg',
    flameGraph(allocations, { title: title(`${toKib(allocations.total)} allocated per request`), describe: toKib }),
  );
  write('cpuprofile', JSON.stringify(raw.cpu));
  write('heapprofile', JSON.stringify(raw.allocations));
}
