import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gateway, services, type ServiceEntry } from '@tasktracker/contracts/services';
import { Type, type TSchema } from '@tasktracker/schema';

const root = join(import.meta.dirname, '../..');
const entries: readonly ServiceEntry[] = services;

type App = Pick<ServiceEntry, 'name' | 'calls'> & { readonly database?: boolean };

const apps: readonly App[] = [gateway, ...entries];

/** The sections of each app's README, in their order. */
export const readmeSections = ['Owns', 'Calls', 'Is called by', 'Environment', 'Alerts'] as const;

/**
 * The READMEs of all apps by path, with the blocks renewed that follow from the list of services and the
 * configurations.
 */
export async function appReadmes(): Promise<Map<string, string>> {
  const readmes = new Map<string, string>();
  for (const app of apps) {
    const path = `apps/${app.name}/README.md`;
    const blocks = { calls: callsOf(app), callers: callersOf(app), environment: await environmentOf(app) };
    let text = readFileSync(join(root, path), 'utf8');
    for (const [block, content] of Object.entries(blocks)) text = withBlock(text, block, content, path);
    readmes.set(path, text);
  }
  return readmes;
}

/** Throws where the README has no such block. */
function withBlock(text: string, block: string, content: string, path: string): string {
  const begin = `<!-- made by \`npm run docs:write\`: ${block} -->`;
  const end = '<!-- end -->';
  const start = text.indexOf(begin);
  const stop = text.indexOf(end, start);
  if (start < 0 || stop < 0) throw new Error(`${path} lacks the lines ${begin} and ${end}`);
  return `${text.slice(0, start)}${begin}\n\n${content}\n\n${text.slice(stop)}`;
}

function callsOf({ calls }: App): string {
  const called = entries.filter(({ name }) => calls.includes(name));
  return listOf(called.map(({ name, urlVariable }) => `${linkTo(name)}, at \`${urlVariable}\``));
}

function callersOf({ name }: App): string {
  return listOf(apps.filter(({ calls }) => calls.includes(name)).map((caller) => linkTo(caller.name)));
}

function linkTo(name: string): string {
  return `[${name}](../${name}/README.md)`;
}

function listOf(items: readonly string[]): string {
  return items.length === 0 ? 'No service.' : items.map((item) => `- ${item}`).join('\n');
}

const migrationRow: Row = [
  'MIGRATION_DATABASE_URL',
  'required',
  'of `src/migrate.ts` alone: postgres://… as the role that owns the database',
];

type Row = readonly [name: string, value: string, words: string];

async function environmentOf({ name, database = false }: App): Promise<string> {
  const config: { readonly variables: Readonly<Record<string, TSchema>> } = await import(
    `../../apps/${name}/src/config.ts`
  );
  const rows = Object.entries(config.variables).map(([variable, schema]) => toRow(name, variable, schema));
  return toTable(
    ['variable', 'default', 'what it is'],
    [
      ...rows.map(([variable, ...rest]) => [`\`${variable}\``, ...rest]),
      ...(database ? [migrationRow].map(([variable, ...rest]) => [`\`${variable}\``, ...rest]) : []),
    ],
  );
}

function toRow(app: string, variable: string, schema: TSchema): Row {
  const facts: { default?: string | number; description?: string; minimum?: number; maximum?: number } = schema;
  if (facts.description === undefined) throw new Error(`${app}: ${variable} has no description in its schema`);
  const range = facts.minimum === undefined ? '' : `; ${facts.minimum} to ${facts.maximum}`;
  const unset = Type.IsOptional(schema) ? '' : 'required';
  const value = facts.default === '' ? 'none' : `\`${facts.default}\``;
  return [variable, facts.default === undefined ? unset : value, `${facts.description}${range}`];
}

/** As oxfmt writes it: columns as wide as their widest cell. */
function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const toLine = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [toLine(head), toLine(widths.map((width) => '-'.repeat(width))), ...rows.map(toLine)].join('\n');
}
