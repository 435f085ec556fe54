import { createBenchAccount } from '../bench-account.ts';
import { describeStatuses } from '../load/load-figures.ts';
import { toRawRequest } from '../load/load-plan.ts';
import { runLoad } from '../load/run-load.ts';
import { loadScenarios } from '../load-scenarios.ts';
import type { Claim, PressureSizes } from './claim.ts';
import { deaths, openDeadUpstream, type Death } from './dead-upstream.ts';
import type { PressureStack } from './pressure-stack.ts';
import { startGateway } from './start-gateway.ts';

const goal = 1.1;
const ratePerSecond = 200;
/** Longer than its gateway waits for the service. */
const drainSeconds = 8;

/** How often a gateway tries a task service that is dead, in each way of being it. */
export async function measureDeadUpstream(stack: PressureStack, sizes: PressureSizes): Promise<Claim[]> {
  const account = await createBenchAccount(stack.url);
  const claims: Claim[] = [];
  for (const death of deaths) claims.push(await measure(stack, sizes, account.token, death));
  return claims;
}

async function measure(
  { services }: PressureStack,
  { seconds }: PressureSizes,
  token: string,
  death: Death,
): Promise<Claim> {
  const upstream = await openDeadUpstream(death);
  const gateway = await startGateway({ services, taskPort: upstream.port, token });
  try {
    const [list] = loadScenarios; // a GET may be sent again
    const request = toRawRequest(list.method, list.path, { authorization: `Bearer ${token}` });
    const load = { port: gateway.port, requests: [request], connections: 1_024, mostRequests: 10_000, drainSeconds };
    const result = await runLoad({ ...load, ratePerSecond, seconds });
    const connected = await gateway.connectionAttempts(upstream.port);
    // One that refuses sees nothing; of the others a request is an attempt, whichever connection it takes.
    const attempts = death === 'refuses' ? connected : Math.max(upstream.requests(), connected);
    const perRequest = attempts / result.statuses.length;
    return {
      claim: `attempts at a task service that ${death}, for each list`,
      goal: `≤ ${goal.toFixed(2)}`,
      figure: `${perRequest.toFixed(3)} (${describeStatuses([result])})`,
      count: `${attempts} attempts for ${result.statuses.length} requests`,
      holds: perRequest <= goal,
    };
  } finally {
    await gateway.stop();
    await upstream.close();
  }
}
