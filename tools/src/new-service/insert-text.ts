/** The text with `added` right after what the pattern finds. Throws if it finds nothing, naming `where`. */
export function insertAfter(text: string, pattern: RegExp, added: string, where: string): string {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`${where}: found no ${String(pattern)} to write after`);
  const end = match.index + match[0].length;
  return text.slice(0, end) + added + text.slice(end);
}

/** The YAML text with lines at the end of a top-level map, before the blank lines and the comments after it. */
export function insertAtEndOfMap(text: string, key: string, added: string, where: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(`${key}:`);
  if (start < 0) throw new Error(`${where}: found no ${key}:`);
  let end = lines.findIndex((line, index) => index > start && /^\S/.test(line));
  if (end < 0) end = lines.length;
  while (lines[end - 1] === '') end -= 1;
  return [...lines.slice(0, end), ...added.trimEnd().split('\n'), ...lines.slice(end)].join('\n');
}
