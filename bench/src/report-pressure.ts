// `npm run bench:pressure`: what the system promises under pressure, measured on a system of its own.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { readCommandLine, readCount, refuse } from '@tasktracker/command-line';
import { markdownTable } from './markdown-table.ts';
import type { Claim, PressureSizes } from './pressure/claim.ts';
import { measureCreates } from './pressure/measure-creates.ts';
import { measureDeadUpstream } from './pressure/measure-dead-upstream.ts';
import { measureGoodput } from './pressure/measure-goodput.ts';
import { measureSearches } from './pressure/measure-searches.ts';
import { measureSlowSockets } from './pressure/measure-slow-sockets.ts';
import { type PressureStack, startPressureStack } from './pressure/pressure-stack.ts';

const usage = `npm run bench:pressure -- [--only ROWS] [--before FOLDER] [--seconds N] [--rounds N] [--seed HEX] [--json FILE] [--check]

Puts a system of its own under pressure and prints what it promises there, as Markdown. About four minutes; Linux only.
  --only      goodput, upstream, slow, searches or creates; several with commas
  --before    another checkout, installed, whose creates are measured in turn with these
  --seconds   for each load (6; creates: 3)
  --rounds    turns for each where loads take turns (2; creates: 5)
  --seed      repeats when slow sockets open
  --json      writes the figures to this file as well
  --check     ends with 1 if a goal is missed
`;
const { values } = readCommandLine(usage, {
  options: {
    only: { type: 'string', default: '' },
    before: { type: 'string' },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    json: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});
const from = process.env['INIT_CWD'] ?? process.cwd();
const before = values.before === undefined ? undefined : resolve(from, values.before);
const { seed } = values;

function toSizes(seconds: number, rounds: number): PressureSizes {
  return {
    seconds: values.seconds === undefined ? seconds : readCount('seconds', values.seconds, usage),
    rounds: values.rounds === undefined ? rounds : readCount('rounds', values.rounds, usage),
  };
}

const sizes = toSizes(6, 2);
const createSizes = toSizes(3, 5);
const rows: Readonly<Record<string, (stack: PressureStack) => Promise<Claim[]>>> = {
  creates: (stack) => measureCreates(stack, createSizes, before),
  searches: (stack) => measureSearches(stack, sizes),
  slow: (stack) => measureSlowSockets(stack, sizes, seed),
  upstream: (stack) => measureDeadUpstream(stack, sizes),
  goodput: (stack) => measureGoodput(stack, sizes),
};
const names = values.only === '' ? Object.keys(rows) : values.only.split(',');
const unknown = names.find((name) => rows[name] === undefined);
if (unknown !== undefined) refuse(`--only takes ${Object.keys(rows).join(', ')}.`, usage);

const load = loadavg()[0]?.toFixed(1);
const machine = { seed, cores: availableParallelism(), node: process.version, load };
const claims: (Claim & { row: string })[] = [];
for (const name of names) {
  console.error(name);
  // Each on a system of its own: what one row leaves behind is no matter of the next.
  const stack = await startPressureStack();
  try {
    const measured = (await rows[name]?.(stack)) ?? [];
    claims.push(...measured.map((claim) => ({ row: name, ...claim })));
    for (const { claim, figure } of measured) console.error(`  ${claim}: ${figure}`);
  } catch (error) {
    // The others are worth having.
    console.error(error);
    claims.push({
      row: name,
      claim: `${name}: not measured`,
      goal: '',
      figure: String(error),
      count: '0',
      holds: false,
    });
  } finally {
    await stack.stop();
  }
}

const verdict = ({ holds }: Claim): string => (holds === undefined ? '' : holds ? 'holds' : 'missed');
console.log(
  `Seed ${seed}, ${machine.cores} cores, Node ${machine.node}; load average before it ${load}. Load and system share the cores.\n`,
);
console.log(
  markdownTable(
    ['', 'goal', 'figure', 'N', ''],
    claims.map((claim) => [claim.claim, claim.goal, claim.figure, claim.count, verdict(claim)]),
  ),
);
if (values.json !== undefined) {
  writeFileSync(resolve(from, values.json), `${JSON.stringify({ ...machine, claims }, undefined, 2)}\n`);
}
// Not left to the event loop: a socket to a process that was killed may linger.
process.exit(values.check && claims.some(({ holds }) => holds === false) ? 1 : 0);
