import type { CallNode } from './call-tree.ts';

/** What all calls of an owner, or of a function, cost; in the tree's unit. */
export interface Cost {
  readonly name: string;
  readonly self: number;
  /** With all that it called; a call inside of another one of the same name counts once. */
  readonly inclusive: number;
}

/** The dearest by themselves first, under the names that `nameOf` gives them. */
export function costsBy(tree: CallNode, nameOf: (node: CallNode) => string): Cost[] {
  const costs = new Map<string, { self: number; inclusive: number }>();
  const open = new Set<string>();
  const add = (node: CallNode): void => {
    const name = nameOf(node);
    const cost = costs.get(name) ?? { self: 0, inclusive: 0 };
    costs.set(name, cost);
    cost.self += node.self;
    const isOuter = !open.has(name);
    if (isOuter) {
      cost.inclusive += node.total;
      open.add(name);
    }
    node.children.forEach(add);
    if (isOuter) open.delete(name);
  };
  tree.children.forEach(add); // the root itself is nobody's
  return [...costs].map(([name, cost]) => ({ name, ...cost })).toSorted((one, other) => other.self - one.self);
}

export const byOwner = ({ owner }: CallNode): string => owner;

export const byFunction = ({ functionName, place, owner }: CallNode): string =>
  place === '' ? owner : `${functionName} ${place}`;
