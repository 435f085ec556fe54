import { beforeAll, describe, expect, it } from 'vitest';
import { brokenPromises } from '../src/kept-promises.ts';
import { failuresOutside, unexpectedOutcomes } from '../src/load/load-report.ts';
import { deletePod, endpointGone, killPod } from '../src/pod-faults.ts';
import { podsGone, type PodState } from '../src/pods.ts';
import { components } from '../src/release.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { cluster, namespace, reach, release, startFromBaseline } from '../src/suite.ts';

const problem = /^50[34] problem with Retry-After$/;
/** What a client sees while there is no gateway to connect to. */
const refused = /^(ECONNREFUSED|EHOSTUNREACH|no connection in time) on a new connection$/;
/** What it sees where the gateway's process, the other end of its connection, dies. */
const cut = /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|EPIPE|no connection in time) on a (new|reused) connection$/;

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
    expect(await brokenPromises(await reach('gateway'), load, result)).toEqual([]);
  });

  it.each(components)(
    'killing a $name pod without grace fails requests only with 503 and 504 problems, and none once its endpoint is gone',
    async ({ name }) => {
      const load = await beginLoad();
      const victim = await release.servingPod(name);
      const killedAt = Date.now();
      await killPod(cluster, namespace, victim);
      const goneAt = await endpointGone(release, name, victim);
      await release.serving(name, 2);
      await load.answersWell(150);
      const result = await endLoad(load, `${name} killed`);
      const allowed = name === 'gateway' ? [problem, cut] : [problem];
      expect(unexpectedOutcomes(result, allowed)).toEqual([]);
      // The nodes learn of it a moment after the API.
      expect(failuresOutside(result, killedAt, goneAt + 3_000)).toEqual([]);
      expect(await brokenPromises(await reach('gateway'), load, result)).toEqual([]);
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
      const deletedAt = Date.now();
      await deletePod(cluster, namespace, victim);
      await release.serving(name, 1);
      const backAt = Date.now();
      await podsGone(cluster, namespace, [victim]);
      await load.answersWell(150);
      const result = await endLoad(load, `the only ${name} pod deleted`);
      const allowed = name === 'gateway' ? [problem, refused] : [problem];
      expect(unexpectedOutcomes(result, allowed)).toEqual([]);
      expect(failuresOutside(result, deletedAt, backAt + 3_000)).toEqual([]);
      expect(await brokenPromises(await reach('gateway'), load, result)).toEqual([]);
    },
  );
});
