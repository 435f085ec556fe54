import { escapeMarkup } from '../markup.ts';
import type { CallNode } from './call-tree.ts';
import type { FrameKind } from './frame-owner.ts';

export interface FlameGraphOptions {
  readonly title: string;
  /** The whole tree's cost for a person, such as `412 µs per request`. */
  readonly describe: (cost: number) => string;
}

const width = 1_600;
const margin = 10;
const rowHeight = 18;
const headHeight = 58;
const fontSize = 11;
/** Of a monospace font of that size. */
const charWidth = 6.65;
/** What is narrower is not drawn: nobody could point at it, and a profile has thousands of such frames. */
const leastWidth = 0.4;

const colours: Readonly<Record<FrameKind, string>> = {
  own: '#f2a65a',
  dependency: '#8ab6e1',
  node: '#9bcf8f',
  v8: '#c9c5be',
};
const kindNames: Readonly<Record<FrameKind, string>> = {
  own: 'our own code',
  dependency: 'a dependency',
  node: 'Node',
  v8: 'V8 and its garbage collection',
};
const kinds: readonly FrameKind[] = ['own', 'dependency', 'node', 'v8'];

/** Callers above what they called, the dearest on the left. Pointing at a frame says what it is and what it costs. */
export function flameGraph(tree: CallNode, { title, describe }: FlameGraphOptions): string {
  const scale = (width - 2 * margin) / Math.max(tree.total, 1);
  const frames: string[] = [];
  let depths = 1;
  const draw = (node: CallNode, x: number, depth: number): void => {
    const frameWidth = node.total * scale;
    if (frameWidth < leastWidth) return;
    depths = Math.max(depths, depth + 1);
    const shares = `${share(node.total, tree)} in all (${describe(node.total)}), ${share(node.self, tree)} by itself (${describe(node.self)})`;
    const name = labelOf(node);
    frames.push(frame({ node, name, x, depth, frameWidth, words: [name, node.place, shares] }));
    let childX = x;
    for (const child of node.children) {
      draw(child, childX, depth + 1);
      childX += child.total * scale;
    }
  };
  let x = margin;
  for (const child of tree.children) {
    draw(child, x, 0);
    x += child.total * scale;
  }
  const height = headHeight + depths * rowHeight + margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>text{font:${fontSize}px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1d1d1d}.f text{pointer-events:none}.f:hover rect{stroke:#000}${kinds.map((kind) => `.${kind}{fill:${colours[kind]}}`).join('')}</style>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${margin}" y="20" style="font-size:14px;font-weight:bold">${escapeMarkup(title)}</text>
${legend(tree)}
${frames.join('\n')}
</svg>
`;
}

interface Frame {
  readonly node: CallNode;
  readonly name: string;
  readonly x: number;
  readonly depth: number;
  readonly frameWidth: number;
  /** Lines that pointing at it shows. */
  readonly words: readonly string[];
}

function frame({ node, name, x, depth, frameWidth, words }: Frame): string {
  const y = headHeight + depth * rowHeight;
  const title = escapeMarkup(words.filter((line) => line !== '').join('\n'));
  const gap = Math.min(0.6, frameWidth / 4);
  const rect = `<rect class="${node.kind}" x="${round(x)}" y="${y}" width="${round(frameWidth - gap)}" height="${rowHeight - 1}"/>`;
  const label = fit(name, frameWidth - 6);
  const text = label === '' ? '' : `<text x="${round(x + 3)}" y="${y + 12.5}">${escapeMarkup(label)}</text>`;
  return `<g class="f"><title>${title}</title>${rect}${text}</g>`;
}

/** Functions without a name go by where they are. */
function labelOf({ functionName, owner, place }: CallNode): string {
  if (place === '') return owner;
  return functionName === '(anonymous)' ? place.slice(place.lastIndexOf('/') + 1) : functionName;
}

/** What of it has room; nothing where that would be no more than two letters. */
function fit(name: string, room: number): string {
  const most = Math.floor(room / charWidth);
  if (name.length <= most) return name;
  return most < 3 ? '' : `${name.slice(0, most - 1)}…`;
}

/** The colours, each with the share of what ran in such frames themselves. */
function legend(tree: CallNode): string {
  const selfOf = (node: CallNode, kind: FrameKind): number =>
    node.children.reduce((sum, child) => sum + selfOf(child, kind), node.kind === kind ? node.self : 0);
  return kinds
    .map((kind, place) => {
      const x = margin + place * 300;
      const words = `${kindNames[kind]}, ${share(selfOf(tree, kind), tree)}`;
      return `<rect class="${kind}" x="${x}" y="32" width="14" height="14"/><text x="${x + 20}" y="43">${words}</text>`;
    })
    .join('');
}

const share = (part: number, { total }: CallNode): string => `${((part * 100) / Math.max(total, 1)).toFixed(1)} %`;
const round = (pixels: number): string => pixels.toFixed(2);
