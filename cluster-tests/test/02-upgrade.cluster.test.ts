import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadResult } from '../src/load/load-plan.ts';
import { unexpectedOutcomes } from '../src/load/load-report.ts';
import { podsGone } from '../src/pods.ts';
import { components } from '../src/release.ts';
import { beginLoad, endLoad } from '../src/suite-load.ts';
import { cluster, helm, images, namespace, release, startFromBaseline, valuesWith } from '../src/suite.ts';

const enough = 10_000;
/** The longest pause is nearly as long as a server keeps an idle connection: a drain meets some of those. */
const plan = {
  ratePerSecond: 50,
  minRequests: enough,
  idleConnections: 30,
  idlePausesMs: [1_000, 3_000, 7_000, 20_000, 60_000],
};

beforeAll(startFromBaseline);

/** Two pods of each service, all from images of this tag, and every older pod gone with its last connection. */
async function nothingButImagesOf(tag: string): Promise<void> {
  for (const { name } of components) await release.serving(name, 2);
  const older = (await release.servicePods()).filter(({ images: used }) => !used.every((image) => image.endsWith(tag)));
  await podsGone(cluster, namespace, older);
}

function expectNoneLost(result: LoadResult): void {
  expect(unexpectedOutcomes(result)).toEqual([]);
  expect(result.ok).toBeGreaterThanOrEqual(enough);
  expect(result.reusedAfter.filter(({ requests }) => requests === 0)).toEqual([]);
}

describe('an upgrade under load, idle keep-alive connections included', () => {
  let before = 0;

  it('to a changed image and configuration of every service fails no request', async () => {
    before = await helm.lastRevision(release.name);
    const load = await beginLoad(plan);
    const changed = {
      image: { tag: images.nextTag },
      defaults: { logLevel: 'warn' },
      services: { task: { database: { poolSize: 7 } } },
    };
    await helm.upgrade(release.name, valuesWith(changed), 240);
    await nothingButImagesOf(images.nextTag);
    const result = await endLoad(load, 'upgrade');
    expectNoneLost(result);
  });

  it('and the rollback to the previous release fails none either', async () => {
    const load = await beginLoad(plan);
    await helm.rollback(release.name, before, 240);
    await nothingButImagesOf(images.tag);
    const result = await endLoad(load, 'rollback');
    expectNoneLost(result);
  });
});
