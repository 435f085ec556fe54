import type { HeapProfiler, Profiler } from 'node:inspector';
import { ownerOf, type CallFrame, type FrameOwner } from './frame-owner.ts';

/** A function with a path of callers. `self` and `total` are samples or bytes, by what the tree was made from. */
export interface CallNode extends FrameOwner {
  readonly functionName: string;
  readonly self: number;
  /** With all that it called. */
  readonly total: number;
  /** The largest first. */
  readonly children: readonly CallNode[];
}

/** What was running, in samples; time in which the process waited is left out. */
export function treeOfCpu({ nodes }: Profiler.Profile): CallNode {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const toNode = (node: Profiler.ProfileNode): CallNode =>
    toCallNode(
      node.callFrame,
      node.hitCount ?? 0,
      (node.children ?? []).flatMap((id) => {
        const child = byId.get(id);
        return child === undefined || child.callFrame.functionName === '(idle)' ? [] : [toNode(child)];
      }),
    );
  const [root] = nodes;
  if (root === undefined) throw new Error('a profile without a frame');
  return toNode(root);
}

/** What was allocated, in bytes. */
export function treeOfAllocations({ head }: HeapProfiler.SamplingHeapProfile): CallNode {
  const toNode = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): CallNode =>
    toCallNode(callFrame, selfSize, children.map(toNode));
  return toNode(head);
}

function toCallNode(callFrame: CallFrame, self: number, called: readonly CallNode[]): CallNode {
  const children = called.filter(({ total }) => total > 0).toSorted((one, other) => other.total - one.total);
  const total = children.reduce((sum, child) => sum + child.total, self);
  return { functionName: callFrame.functionName || '(anonymous)', self, total, children, ...ownerOf(callFrame) };
}
