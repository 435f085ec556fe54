import type { Variable } from './service-environments.ts';

/**
 * The Markdown table of what the services read: a row for each variable, with the services that read it the same way.
 */
export function environmentTable(environments: ReadonlyMap<string, readonly Variable[]>): string {
  const rows = new Map<string, { variable: Variable; services: string[] }>();
  for (const [service, variables] of environments) {
    for (const variable of variables) {
      const id = JSON.stringify(variable);
      const row = rows.get(id) ?? { variable, services: [] };
      row.services.push(service);
      rows.set(id, row);
    }
  }
  const lines = [...rows.values()]
    .toSorted((one, other) => (one.variable.name < other.variable.name ? -1 : 1))
    .map(({ variable, services }) => {
      const readers = services.length === environments.size ? 'all' : services.join(', ');
      return `| \`${variable.name}\` | ${readers} | ${defaultOf(variable)} | ${wordsOf(variable)} |`;
    });
  return ['| variable | read by | default | what it is |', '|---|---|---|---|', ...lines].join('\n');
}

function defaultOf({ fallback, optional }: Variable): string {
  if (fallback !== undefined) return `\`${fallback}\``;
  return optional ? 'none' : 'must be set';
}

function wordsOf({ description, minimum, maximum }: Variable): string {
  const range = minimum === undefined || maximum === undefined ? '' : `; ${minimum} to ${maximum}`;
  return `${description}${range}`.replaceAll('|', String.raw`\|`);
}
