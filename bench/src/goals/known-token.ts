import { tokenVerification } from '@tasktracker/auth';
import { createTokenIssuer } from '@tasktracker/auth/testing';
import { addScope, createLogger, createServiceApp, publicScope } from '@tasktracker/service-kit';
import { medianInterval } from '../interval.ts';
import type { Row } from './goal.ts';

const limitMicros = 2.5;

interface Figure {
  readonly name: string;
  readonly calls: number;
  readonly work: () => Promise<void>;
  readonly atMostMicros?: number;
}

/** What the hook of a route costs that needs a token: for one that was seen a moment ago, and for one that never was. */
export async function measureKnownToken(rounds: number): Promise<Row[]> {
  const issuer = createTokenIssuer();
  const known = issuer.token();
  const newCalls = 500;
  // One warm round comes first.
  const newTokens = Array.from({ length: (rounds + 1) * newCalls }, () => issuer.token());
  const app = await createServiceApp({
    serviceName: 'measure',
    description: '',
    log: createLogger('measure', 'silent'),
    isReady: () => Promise.resolve(true),
  });
  const keys = { publicKey: () => Promise.resolve(issuer.publicKeyPem), isEnded: () => false };
  await app.register(tokenVerification, { keys, issuer: 'tasktracker', audience: 'tasktracker' });
  let rows: Row[] = [];
  await addScope(app, publicScope, async (scope) => {
    scope.get('/measure', { schema: { operationId: 'measure' } }, async (request) => {
      const authenticate = async (token: string): Promise<void> => {
        request.raw.headers.authorization = `Bearer ${token}`;
        await app.authenticated(request);
      };
      rows = await measure(
        [
          { name: 'a known token', calls: 20_000, work: () => authenticate(known), atMostMicros: limitMicros },
          { name: 'a token never seen', calls: newCalls, work: () => authenticate(newTokens.pop() ?? '') },
        ],
        rounds,
      );
      return {};
    });
  });
  await app.inject({ url: '/measure', headers: { authorization: `Bearer ${known}` } });
  await app.close();
  return rows;
}

/** CPU of this process for each call, in turns. */
async function measure(figures: readonly Figure[], rounds: number): Promise<Row[]> {
  const micros = new Map<string, number[]>(figures.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, calls, work } of figures) {
      const before = process.cpuUsage();
      for (let call = 0; call < calls; call += 1) await work();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) micros.get(name)?.push((user + system) / calls);
    }
  }
  return figures.map(({ name, calls, atMostMicros }) => ({
    name: `CPU of ${name}`,
    peer: '',
    figure: `${rounds} times ${calls} calls`,
    value: medianInterval(micros.get(name) ?? []),
    unit: 'µs',
    ...(atMostMicros !== undefined && { limit: { atMost: atMostMicros } }),
  }));
}
