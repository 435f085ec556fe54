import { beforeAll, describe, expect, it } from 'vitest';
import { treeOfAllocations, treeOfCpu, type CallNode } from './call-tree.ts';
import { byFunction, byOwner, costsBy } from './cost-table.ts';
import { flameGraph } from './flame-graph.ts';
import { beginRecording } from './recordings.ts';

/** Calls itself, so that it is in its own callers. */
function burn(depth: number, until: number): number {
  if (depth > 0) return burn(depth - 1, until) + 1;
  let rounds = 0;
  while (performance.now() < until) rounds += Math.sqrt(rounds + 1);
  return rounds;
}

function allocate(): object[] {
  return Array.from({ length: 100_000 }, (_, n) => ({ n, text: `number ${n}` }));
}

const nodesOf = (tree: CallNode): CallNode[] => [tree, ...tree.children.flatMap(nodesOf)];
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const named = (functionName: string, total: number, children: readonly CallNode[] = []): CallNode => ({
  functionName,
  total,
  self: total - sum(children.map((child) => child.total)),
  children,
  kind: 'own',
  owner: 'here',
  place: 'here/file.ts:1',
});

const draw = (tree: CallNode): string =>
  flameGraph(tree, { title: 'burn & rest', describe: (cost) => `${cost} samples` });

let cpu: CallNode;
let allocations: CallNode;
beforeAll(async () => {
  const endCpu = await beginRecording('cpu');
  burn(3, performance.now() + 200);
  cpu = treeOfCpu(await endCpu());
  const endAllocations = await beginRecording('allocations');
  allocate();
  allocations = treeOfAllocations(await endAllocations());
});

describe('the tree of a profile', () => {
  it('has what each function took, and what it called', () => {
    const nodes = nodesOf(cpu);
    expect(cpu.total).toBe(sum(nodes.map(({ self }) => self)));
    for (const node of nodes) expect(node.total).toBe(node.self + sum(node.children.map(({ total }) => total)));
    const outer = nodes.find(({ functionName }) => functionName === 'burn');
    expect(outer).toMatchObject({ kind: 'own', owner: 'bench/src/profile' });
    expect(outer?.total).toBeGreaterThan(0);
  });

  it('leaves out the time in which nothing ran', () => {
    expect(nodesOf(cpu).map(({ owner }) => owner)).not.toContain('(idle)');
  });

  it('has what each function allocated', () => {
    const most = costsBy(allocations, byFunction).find(({ name }) => name.includes('call-tree.test.ts'));
    expect(most?.inclusive).toBeGreaterThan(100_000);
  });
});

describe('the costs of owners', () => {
  it('add up to the whole', () => {
    expect(sum(costsBy(cpu, byOwner).map(({ self }) => self))).toBe(cpu.total);
  });

  it('come with the dearest first', () => {
    const selves = costsBy(cpu, byOwner).map(({ self }) => self);
    expect(selves).toEqual(selves.toSorted((one, other) => other - one));
  });

  it('count a call inside of a call of the same once', () => {
    const tree = named('root', 10, [named('walk', 9, [named('walk', 6, [named('step', 2)])]), named('walk', 1)]);
    const costs = costsBy(tree, ({ functionName }) => functionName);
    expect(costs).toEqual([
      { name: 'walk', self: 8, inclusive: 10 },
      { name: 'step', self: 2, inclusive: 2 },
    ]);
  });
});

describe('a flame graph', () => {
  it('says of each frame what it is, where, and what it costs', () => {
    const burning = nodesOf(cpu).find(({ functionName }) => functionName === 'burn');
    expect(draw(cpu)).toContain(`<title>burn\n${burning?.place}\n`);
    expect(draw(named('root', 10, [named('outer', 10, [named('inner', 4)])]))).toContain(
      '<title>outer\nhere/file.ts:1\n100.0 % in all (10 samples), 60.0 % by itself (6 samples)</title>',
    );
  });

  it('keeps names apart from its own markup', () => {
    const text = draw(named('root', 1, [named('<a & b>', 1)]));
    expect(text).toContain('&lt;a &amp; b&gt;');
    expect(text).toContain('burn &amp; rest');
  });

  it('draws what is called below its caller and as wide as its share', () => {
    const text = draw(named('root', 10, [named('outer', 10, [named('inner', 5)])]));
    const rects = [...text.matchAll(/<rect class="own" x="([\d.]+)" y="(\d+)" width="([\d.]+)" height="17"/g)];
    const [outer = [], inner = []] = rects.map((match) => match.slice(1).map(Number));
    expect([inner[0], inner[1]]).toEqual([outer[0], (outer[1] ?? 0) + 18]);
    expect((inner[2] ?? 0) / (outer[2] ?? 0)).toBeCloseTo(0.5, 2);
  });

  it('leaves out what nobody could point at', () => {
    expect(draw(named('root', 100_000, [named('wide', 99_999), named('thin', 1)]))).not.toContain('thin');
  });

  it('is there for a service that did nothing', () => {
    expect(draw(named('root', 0))).toMatch(/^<svg [^]*<\/svg>\n$/);
  });
});
