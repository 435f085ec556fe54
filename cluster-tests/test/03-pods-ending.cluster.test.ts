import { beforeAll, describe, expect, it } from 'vitest';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { deletePod, endpointGone, killPod } from '../src/pod-faults.ts';
import { podsGone, type PodState } from '../src/pods.ts';
import { components } from '../src/release.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { cluster, namespace, release, startFromBaseline } from '../src/suite.ts';

const problem = /^50[34] problem with Retry-After$/;
/** What a client sees where the gateway's own pod, the other end of its connection, is gone. */
const noGateway = /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|no connection in time) on a (new|reused) connection$/;

describe('with two pods of each service', () => {
  beforeAll(startFromBaseline);

  it('deleting a pod of each, one after the other, fails no request', async () => {
    const load = await beginLoad();
    const victims: PodState[] = [];
    for (const { name } of components) {
      const victim = await release.servingPod(name);
      victims.push(victim);
      await deletePod(cluster, namespace, victim);
      await release.serving(name, 2);
    }
    await podsGone(cluster, namespace, victims);
    const result = await endLoad(load, 'one pod of each deleted');
    expect(unexpectedOutcomes(result)).toEqual([]);
  });

  it.each(components)(
    'killing a $name pod without grace fails requests with 503 and 504 problems alone, and none once its endpoint is gone',
    async ({ name }) => {
      const load = await beginLoad();
      const victim = await release.servingPod(name);
      const killedAt = Date.now();
      await killPod(cluster, namespace, victim);
      const goneAt = await endpointGone(release, name, victim);
      await release.serving(name, 2);
      await load.answersWell(300);
      const result = await endLoad(load, `${name} killed`);
      const allowed = name === 'gateway' ? [problem, noGateway] : [problem];
      expect(unexpectedOutcomes(result, allowed)).toEqual([]);
      // The nodes learn of it a moment after the API.
      const strays = result.failedAt.filter((at) => at < killedAt || at > goneAt + 3_000);
      expect(strays.map((at) => at - goneAt)).toEqual([]);
    },
  );
});

describe('with one pod of each service', () => {
  beforeAll(async () => {
    await startFromBaseline();
    for (const { name } of components) await release.scale(name, 1);
    for (const { name } of components) await release.serving(name, 1);
  });

  it.each(components)(
    'deleting the $name pod fails requests with 503 and 504 problems that say Retry-After, and it comes back by itself',
    async ({ name }) => {
      const load = await beginLoad();
      const victim = await release.servingPod(name);
      await deletePod(cluster, namespace, victim);
      await release.serving(name, 1);
      const backAt = Date.now();
      await podsGone(cluster, namespace, [victim]);
      await load.answersWell(300);
      const result = await endLoad(load, `the only ${name} pod deleted`);
      const allowed = name === 'gateway' ? [problem, noGateway] : [problem];
      expect(unexpectedOutcomes(result, allowed)).toEqual([]);
      expect(result.failedAt.filter((at) => at > backAt + 3_000).map((at) => at - backAt)).toEqual([]);
    },
  );
});
