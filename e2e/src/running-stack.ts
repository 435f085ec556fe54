import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnStack } from '@tasktracker/local';
import { contractServices } from './contract-services.ts';
import type { SystemAddresses } from './journey-target.ts';

/** A test makes more accounts, from one address, than anybody may in a minute. */
const unlimited = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '0',
};

export interface RunningStack {
  addresses: SystemAddresses;
  stop(): Promise<void>;
}

/**
 * Starts the local stack as `npm start` does, on free ports, with a data folder of its own; resolves when it's ready.
 */
export async function startStack(): Promise<RunningStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tasktracker-journeys-'));
  const removeData = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    const stack = await spawnStack({ dataDir, env: { ...process.env, ...unlimited } });
    const urls = stack.state().services;
    const services = contractServices.map(({ name }) => ({ service: name, url: urls[name] ?? '' }));
    return {
      addresses: { gateway: stack.url, services },
      async stop() {
        await stack.stop();
        await removeData();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
}
