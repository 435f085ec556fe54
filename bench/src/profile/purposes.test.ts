import { expect, it } from 'vitest';
import type { CallNode } from './call-tree.ts';
import type { FrameKind } from './frame-owner.ts';
import { costsByPurpose } from './purposes.ts';

const frame = (place: string, self: number, children: readonly CallNode[] = [], kind: FrameKind = 'own'): CallNode => ({
  functionName: 'f',
  self,
  total: children.reduce((sum, child) => sum + child.total, self),
  children,
  kind,
  owner: kind === 'v8' ? place : 'owner',
  place: kind === 'v8' ? '' : `${place}:1`,
});

const root = (...children: readonly CallNode[]): CallNode => frame('', 0, children, 'v8');

it('what a hook goes on to does not count for the hook', () => {
  const next = frame('fastify/lib/hooks.js', 3, [frame('apps/gateway/src/limits/rate-limits.ts', 4)], 'dependency');
  expect(costsByPurpose(root(frame('packages/service-kit/src/access-log.ts', 2, [next])))).toEqual([
    { purpose: 'rate limits, and whose address it is', self: 4 },
    { purpose: 'Fastify: routing, hooks, replies', self: 3 },
    { purpose: 'access log', self: 2 },
  ]);
});

it('a helper counts for the one that called it', () => {
  const write = frame('node:internal/streams/writable', 5, [frame('', 7, [], 'node')], 'node');
  expect(costsByPurpose(root(frame('undici/lib/dispatcher/client-h1.js', 1, [write], 'dependency'), write))).toEqual([
    { purpose: 'proxying: undici', self: 13 },
    { purpose: 'Node: sockets and what else runs by itself', self: 12 },
  ]);
});

it('garbage is collected for nobody in particular', () => {
  const collect = frame('(garbage collector)', 6, [], 'v8');
  expect(costsByPurpose(root(frame('packages/auth/src/known-tokens.ts', 1, [collect])))).toEqual([
    { purpose: 'garbage collection', self: 6 },
    { purpose: 'token check', self: 1 },
  ]);
});
