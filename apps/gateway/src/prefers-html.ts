/**
 * Whether a caller would rather have HTML than JSON (`Accept`, RFC 9110, section 12.5.1). Browsers say so; a caller
 * that accepts anything, or says nothing, gets JSON.
 */
export function prefersHtml(accept: string | undefined): boolean {
  return weightOf('text/html', accept ?? '*/*') > weightOf('application/json', accept ?? '*/*');
}

/** What the most specific range that matches says: 0 is "not acceptable", as is a type that no range matches. */
function weightOf(type: string, accept: string): number {
  const ranges = accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { name, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
  });
  const names = [type, `${type.split('/', 1)[0]}/*`, '*/*'];
  for (const name of names) {
    const range = ranges.find((candidate) => candidate.name === name);
    if (range) return Number.isNaN(range.weight) ? 1 : range.weight;
  }
  return 0;
}
