import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schema } from './schema/kubernetes-schema.ts';
import { environmentTable } from './schema/environment-table.ts';
import { knownSettings, readServiceEnvironments } from './schema/service-environments.ts';
import { valuesSchema } from './schema/values-schema.ts';
import { valuesTable } from './values-table.ts';

export const chart: string = join(import.meta.dirname, '../tasktracker');
export const readmePath: string = join(chart, 'README.md');
export const schemaPath: string = join(chart, 'values.schema.json');
export const settingsPath: string = join(chart, 'files/settings.json');

/** The generated parts of the README, by the name in the comment before each. */
const parts = {
  values: 'from values.yaml',
  environment: "from the services' src/config.ts",
} as const;

/** The chart's README with its tables renewed. */
export async function renewedReadme(): Promise<string> {
  const environments = await readServiceEnvironments();
  const text = readFileSync(readmePath, 'utf8');
  const withValues = replacePart(text, 'values', valuesTable(readFileSync(join(chart, 'values.yaml'), 'utf8')));
  return replacePart(withValues, 'environment', environmentTable(environments));
}

function replacePart(text: string, name: keyof typeof parts, table: string): string {
  const begin = `<!-- ${name}: made by \`npm run docs:write --workspace helm\` ${parts[name]} -->`;
  const end = `<!-- end of ${name} -->`;
  const [before, rest = ''] = text.split(begin);
  const [, after] = rest.split(end);
  if (before === undefined || after === undefined) throw new Error(`README.md lacks the lines ${begin} and ${end}`);
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

/** What values.schema.json holds. */
export async function renewedSchema(): Promise<Schema> {
  return valuesSchema(await readServiceEnvironments());
}

/** What files/settings.json holds, from which the templates know the settings of services. */
export async function renewedSettings(): Promise<ReturnType<typeof knownSettings>> {
  return knownSettings(await readServiceEnvironments());
}
