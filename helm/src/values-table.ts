import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';

interface Row {
  readonly path: string;
  readonly value: string;
  readonly words: string;
}

/** The Markdown table of a values file: a row for each value that has a comment above it, in the file's order. */
export function valuesTable(source: string): string {
  const { contents } = parseDocument(source);
  if (!isMap(contents)) throw new Error('expected a map of values');
  const rows = rowsOf(contents, [], source);
  const lines = rows.map(({ path, value, words }) => `| \`${path}\` | ${value} | ${words} |`);
  return ['| value | default | what it does |', '|---|---|---|', ...lines].join('\n');
}

function rowsOf(map: YAMLMap, parents: readonly string[], source: string): Row[] {
  return map.items.flatMap((pair, index) => {
    if (!isScalar(pair.key)) throw new Error('expected keys that are words');
    const path = [...parents, String(pair.key.value)];
    // The parser keeps the comment above a map's first key with the map itself.
    const comment = pair.key.commentBefore ?? (index === 0 ? map.commentBefore : undefined);
    const members = isMap(pair.value) && !pair.value.flow ? rowsOf(pair.value, path, source) : [];
    if (!comment) return members;
    const value = members.length > 0 ? '' : valueOf(pair, source);
    return [{ path: path.join('.'), value, words: toSentence(comment) }, ...members];
  });
}

/** As it is written in the file, unless it takes several lines. */
function valueOf({ value }: Pair, source: string): string {
  const range = rangeOf(value);
  const text = range === undefined ? '' : source.slice(range[0], range[1]).trim();
  return text.includes('\n') ? 'see values.yaml' : `\`${text.replaceAll('|', '\\|')}\``;
}

function rangeOf(value: unknown): readonly number[] | undefined {
  const range: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'range') : undefined;
  return Array.isArray(range) && range.every((end) => typeof end === 'number') ? range : undefined;
}

/** The comment's last paragraph: what is above an empty line is about the section. */
function toSentence(comment: string): string {
  const lines = comment.split('\n').map((line) => line.trim());
  return lines
    .slice(lines.lastIndexOf('') + 1)
    .join(' ')
    .replaceAll('|', '\\|');
}
