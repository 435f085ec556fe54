import { newSeed } from '@tasktracker/seeded-random';
import type { TestProject } from 'vitest/node';
import type { SystemAddresses } from './journey-target.ts';
import { type RunningStack, startStack } from './running-stack.ts';

let stack: RunningStack | undefined;

/** Uses the system that `run-journeys` names in the environment, or else starts a stack of its own for this run. */
export async function setup(project: TestProject): Promise<void> {
  const given = process.env['JOURNEY_SYSTEM'];
  project.provide('system', given === undefined ? await ownSystem() : JSON.parse(given));
  project.provide('isOwnStack', given === undefined);
  project.provide('seed', process.env['JOURNEY_SEED'] ?? newSeed());
}

async function ownSystem(): Promise<SystemAddresses> {
  stack = await startStack();
  return stack.addresses;
}

export async function teardown(): Promise<void> {
  await stack?.stop();
}
