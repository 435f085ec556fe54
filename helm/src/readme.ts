import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { valuesTable } from './values-table.ts';

export const chart: string = join(import.meta.dirname, '../tasktracker');
export const readmePath: string = join(chart, 'README.md');

const begin = '<!-- values: made by `npm run docs:write --workspace helm` from values.yaml -->';
const end = '<!-- end of values -->';

/** The chart's README with the table of its values renewed. */
export function renewedReadme(): string {
  const text = readFileSync(readmePath, 'utf8');
  const [before, rest = ''] = text.split(begin);
  const [, after] = rest.split(end);
  if (before === undefined || after === undefined) throw new Error(`README.md lacks the lines ${begin} and ${end}`);
  return `${before}${begin}\n\n${valuesTable(readFileSync(join(chart, 'values.yaml'), 'utf8'))}\n\n${end}${after}`;
}
